import { describe, expect, it } from 'vitest';
import { type Kind, match } from '../../../automations/invoice/match/match.ts';
import type { Order, OrderLine } from '../../../automations/invoice/records.ts';
import type { Line } from '../../../automations/invoice/shape.ts';
import { growth, MOST_GROWTH } from '../../support/cpu.ts';

const ordered = (changes: Partial<OrderLine> = {}): OrderLine => ({
  ...{ line: '10', article: 'FC-200', description: 'Folding chair, black' },
  ...{ quantity: '10', unitPrice: '40.00', received: '10', billed: '0', ...changes },
});
const order = (lines: OrderLine[] = [ordered()], changes: Partial<Order> = {}): Order => ({
  ...{ number: 'PO-1', vendor: 'V1', currency: 'EUR', status: 'open', lines, ...changes },
});
const line = (quantity: string, unitPrice: string, net: string, changes: Partial<Line> = {}): Line => ({
  ...{ quantity, unitPrice, net, articles: ['FC-200'], description: 'Folding chair black' },
  ...changes,
});
const held = (lines: Line[], orders: Order[] = [order()], charges: { amount: string }[] = []) => {
  const net = lines.reduce((sum, it) => sum + Number(it.net), 0).toFixed(2);
  return match({ lines, charges, currency: 'EUR', totals: { net, gross: net, due: net } }, orders, 'V1');
};
const kindsOf = (lines: Line[], orders?: Order[]) => held(lines, orders).lines.map(({ kinds }) => kinds);

describe('a line of an invoice', () => {
  it.each<[string, Line, Partial<OrderLine>, Kind[], string]>([
    ['agrees', line('10', '40.00', '400.00'), {}, [], '0.00'],
    ['agrees in part', line('4', '40.00', '160.00'), { received: '4' }, [], '0.00'],
    ['agrees with the rest', line('4', '40.00', '160.00'), { billed: '6' }, [], '0.00'],
    ['costs a little more', line('10', '40.40', '404.00'), {}, [], '4.00'],
    ['costs more than 2 %', line('1', '41.00', '41.00'), {}, ['price'], '1.00'],
    ['costs 2 %, and more than 5.00', line('10', '40.60', '406.00'), {}, ['price'], '6.00'],
    ['costs a little less', line('10', '37.00', '370.00'), {}, [], '-30.00'],
    ['costs much less', line('10', '30.00', '300.00'), {}, ['price'], '-100.00'],
    [
      'is for more than was ordered',
      line('11', '40.00', '440.00'),
      { received: '11' },
      ['quantity'],
      '40.00',
    ],
    ['is for more than came', line('10', '40.00', '400.00'), { received: '7' }, ['not received'], '120.00'],
    [
      'is for what did not come at all',
      line('10', '40.00', '400.00'),
      { received: '0' },
      ['not received'],
      '400.00',
    ],
    ['was billed before', line('10', '40.00', '400.00'), { billed: '10' }, ['billed before'], '400.00'],
    ['was billed before in part', line('10', '40.00', '400.00'), { billed: '6' }, ['quantity'], '240.00'],
    [
      'is dearer, and more than came',
      line('10', '44.00', '440.00'),
      { received: '5' },
      ['not received', 'price'],
      '240.00',
    ],
    ['is for less than nothing', line('-1', '40.00', '-40.00'), {}, ['quantity'], '-40.00'],
    ['has a price for a hundred', line('10', '4000.00', '400.00', { priceQuantity: '100' }), {}, [], '0.00'],
  ])('%s', (_, billed, changes, kinds, over) => {
    const [found] = held([billed], [order([ordered(changes)])]).lines;
    expect(found).toMatchObject({ kinds, over, order: 'PO-1' });
  });

  it('is found by article, by the line it names, by its words, or by its price where it says nothing else', () => {
    const lines = [
      ordered(),
      ordered({ line: '20', article: 'SC-11', description: 'Seat cushion, grey', unitPrice: '12.50' }),
      ordered({ line: '30', article: 'TB-5', description: 'Oak table', unitPrice: '310.00' }),
    ];
    const on = (changes: Partial<Line>) =>
      held([{ quantity: '1', unitPrice: '12.50', net: '12.50', ...changes }], [order(lines)]).lines[0]
        ?.ordered?.line;
    expect(on({ articles: ['sc 11'] })).toBe('20');
    expect(on({ orderLine: '0020' })).toBe('20');
    expect(on({ description: 'Cushion for seats (grey)' })).toBe('20');
    expect(on({})).toBe('20');
    expect(on({ description: 'Garden gnome' })).toBeUndefined();
    // The words say another thing than the number that it gives.
    expect(on({ orderLine: '30', description: 'Cushion for seats (grey)' })).toBe('20');
  });

  it('bills an order line that another line bills: together they are no more than it', () => {
    const halves = [line('5', '40.00', '200.00'), line('5', '40.00', '200.00')];
    expect(kindsOf(halves)).toEqual([[], []]);
    expect(kindsOf([...halves, line('1', '40.00', '40.00')])).toEqual([[], [], ['billed before']]);
    expect(kindsOf([line('10', '40.00', '400.00'), line('10', '40.00', '400.00')])).toEqual([
      [],
      ['billed before'],
    ]);
  });

  it('keeps to its own order line where a weaker one is free', () => {
    const lines = [
      ordered(),
      ordered({ line: '20', article: 'FC-300', description: 'Folding chair, white' }),
    ];
    const [, second] = held(
      [line('5', '40.00', '200.00'), line('5', '40.00', '200.00')],
      [order(lines)],
    ).lines;
    expect(second?.ordered?.line).toBe('10');
  });
});

describe('an invoice', () => {
  it('agrees with several orders at once, each with its lines', () => {
    const second = order(
      [ordered({ line: '1', article: 'SC-11', description: 'Seat cushion', unitPrice: '12.50' })],
      {
        number: 'PO-2',
      },
    );
    const cushion = line('2', '12.50', '25.00', { articles: ['SC-11'], description: 'Seat cushion' });
    const found = held([line('10', '40.00', '400.00'), cushion], [order(), second]);
    expect(found).toMatchObject({ against: 'lines', faults: [], over: '0.00' });
    expect(found.lines.map((it) => it.order)).toEqual(['PO-1', 'PO-2']);
  });

  it('has faults of its order, in fixed words', () => {
    const goods = [line('10', '40.00', '400.00')];
    const faults = (changes: Partial<Order>) => held(goods, [order([ordered()], changes)]).faults;
    expect(faults({ vendor: 'V2' })).toEqual(['its order is that of another vendor']);
    expect(faults({ status: 'closed' })).toEqual(['its order is closed']);
    expect(faults({ currency: 'USD' })).toEqual(['its order is in another currency']);
    expect(faults({ lines: [] })).toEqual(['its order has no lines', 'a line was not ordered']);
    expect(
      held([line('1', '50.00', '50.00'), line('1', '9.00', '9.00', { articles: [], description: 'Gnome' })])
        .faults,
    ).toEqual(['the price of a line is not that of its order', 'a line was not ordered']);
  });

  it('adds many small differences up', () => {
    const lines = ['1', '2', '3'].map((it) =>
      ordered({ line: it, article: `A-${it}`, unitPrice: '400.00', quantity: '1' }),
    );
    const dearer = (it: string) => line('1', '404.00', '404.00', { articles: [`A-${it}`] });
    expect(held(['1', '2'].map(dearer), [order(lines)]).faults).toEqual([]);
    expect(held(['1', '2', '3'].map(dearer), [order(lines)])).toMatchObject({
      faults: ['its lines lie above their order by too much in all'],
      over: '12.00',
    });
  });

  it('has freight as far as its order allows, as a line or on top', () => {
    const freight = line('1', '15.00', '15.00', { articles: [], description: 'Frachtkosten' });
    const goods = line('10', '40.00', '400.00');
    const allowed = [order([ordered()], { freight: '15.00' })];
    expect(held([goods, freight], allowed)).toMatchObject({ faults: [], over: '0.00' });
    expect(held([goods], allowed, [{ amount: '15.00' }]).faults).toEqual([]);
    for (const found of [
      held([goods, freight]),
      held([goods, freight], allowed, [{ amount: '1.00' }]),
      held([goods, freight], [order([ordered()], { freight: '15.00', freightBilled: '10.00' })]),
    ])
      expect(found.faults).toEqual(['its surcharges are more than its order allows']);
  });

  it('keeps below the ceiling of a blanket order, which proves no line', () => {
    const blanket = (billed: string) => [order([], { ceiling: '500.00', billed })];
    const goods = [line('10', '40.00', '400.00')];
    expect(held(goods, blanket('100.00'))).toMatchObject({ against: 'blanket', faults: [], lines: [] });
    expect(held(goods, blanket('100.01'))).toMatchObject({
      faults: ['the ceiling of its blanket order is exceeded'],
      over: '0.01',
    });
    expect(held(goods, blanket('900.00')).over).toBe('400.00');
  });

  it('puts lines that no order has on the blanket order beside it, and is proven by that alone then', () => {
    const other = line('1', '90.00', '90.00', { articles: [], description: 'Repair of a lamp' });
    const orders = [order(), order([], { number: 'PO-2', ceiling: '80.00' })];
    expect(held([line('10', '40.00', '400.00')], orders)).toMatchObject({ against: 'lines', faults: [] });
    expect(held([line('10', '40.00', '400.00'), other], orders)).toMatchObject({
      against: 'blanket',
      faults: ['the ceiling of its blanket order is exceeded'],
      over: '10.00',
    });
  });

  it('of five hundred lines, by their words or their numbers, is held in time that does not explode', () => {
    const lines = Array.from({ length: 500 }, (_, at) =>
      ordered({
        line: String(at),
        article: `A-${at}`,
        description: `Part ${at} of a machine, steel, galvanised`,
      }),
    );
    const billed = (numbered: boolean) =>
      lines.map(({ description, article = '' }) =>
        line('10', '40.00', '400.00', { articles: numbered ? [article] : [], description }),
      );
    expect(held(billed(true), [order(lines)]).faults).toEqual([]);
    expect(held(billed(false), [order(lines)]).faults).toEqual(['a line was not ordered']);
    const some = (count: number) => held(billed(false).slice(0, count), [order(lines.slice(0, 80))]);
    expect(growth(400, (count) => some(count))).toBeLessThan(MOST_GROWTH);
  });
});
