import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { automation } from '../../../automations/refund-request/automation.ts';
import { implementation } from '../../../automations/refund-request/evaluate.ts';
import type { ProposalDocument } from '../../../lambdas/contract/item/proposal-document.ts';
import { work } from '../../process/world.ts';
import { door, ID, itemRow, stored } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

/* Five complaints about one order, or of one customer, at the same moment: what may act alone of them, from the queue to the verdict. */

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const said = vi.hoisted(() => ({ label: 'damaged', diagnosis: {} as object }));
vi.mock('../../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({
    ...door(),
    model: async (name: string) => (name === 'route' ? { label: said.label } : said.diagnosis),
  }),
}));

const NUMBERS = ['1', '2', '3', '4', '5'];
const id = (number: string) => `${ID.slice(0, -1)}${number}`;

let shop: Stub;
/** What the order system says of every order. */
let fact: object;

beforeEach(async () => {
  world.reset();
  time.freeze();
  fact = { paid: '60.00', refunded: '0.00', charges: 1, shippedOn: '2026-09-01' };
  shop = await stubServer((response, { path }) => {
    const [, orderId = ''] = /orders\/([^/]+)\/payment/.exec(path) ?? [];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ orderId, currency: 'EUR', ...fact }));
  });
});
afterEach(() => shop.close());

/** @returns the verdicts, and what was proposed */
async function posted(amount: string, { orders = ['W1'], diagnosis = {} }: Posted = {}) {
  said.diagnosis = { decision: 'refund', amount, rules: ['R3'], brief: 'Broken.', ...diagnosis };
  for (const [at, number] of NUMBERS.entries()) {
    const bodyKey = `items/${id(number)}/body.json`;
    const orderId = orders[at % orders.length];
    const body = { orderId, amount, currency: 'EUR', text: `Die Lampe ist kaputt angekommen. ${number}` };
    world.tables.put('items', itemRow({ id: id(number), automation: automation.name, bodyKey }));
    world.content.set(`bucket/${bodyKey}`, JSON.stringify(body));
  }
  const source = { kind: 'source', name: 'order-system', url: shop.url } as const;
  const sources = { 'order-system': { ...source, timeoutSeconds: 5, mostBytes: 10_000 } };
  await Promise.all(
    NUMBERS.map((number) =>
      work({
        message: { itemId: id(number) },
        of: automation as never,
        implementation: implementation as never,
        sources,
      }),
    ),
  );
  return NUMBERS.map((number) => {
    const row = stored(id(number));
    return JSON.parse(world.content.get(`bucket/${row.proposalKey}`) ?? '{}') as ProposalDocument;
  });
}
interface Posted {
  orders?: readonly string[];
  diagnosis?: object;
}

const acting = (documents: readonly ProposalDocument[]) =>
  documents.filter(({ verdict }) => verdict === 'act');
const paid = (documents: readonly ProposalDocument[]) =>
  acting(documents).reduce((sum, { parameters }) => sum + Number(parameters.amount), 0);
const reasons = (documents: readonly ProposalDocument[]) =>
  new Set(documents.filter(({ verdict }) => verdict === 'ask').flatMap(({ reasons: some }) => some));

describe('five complaints about one order at once', () => {
  it('come to no more than is left of it', async () => {
    const documents = await posted('25.00');
    expect(acting(documents)).toHaveLength(2);
    expect(reasons(documents)).toEqual(
      new Set(["'refund' is at its limit for one subject: 60.00 in one currency in 90 days"]),
    );
  });

  it('come to no more than is left where a part went back before', async () => {
    fact = { ...fact, refunded: '30.00' };
    expect(paid(await posted('25.00'))).toBe(25);
  });

  it('come to less than one of a hundred, however much was paid', async () => {
    fact = { ...fact, paid: '5000.00' };
    expect(paid(await posted('40.00'))).toBe(80);
  });

  it('count in parts, as a rule grants them', async () => {
    fact = { ...fact, paid: '50.00' };
    // 30 % of 50.00: three of them are 45.00, four would be more than was paid.
    const documents = await posted('50.00', {
      diagnosis: { decision: 'partial', amount: '15.00', rules: ['R4'] },
    });
    expect(acting(documents)).toHaveLength(3);
    expect(acting(documents).map(({ parameters }) => parameters.kind)).toEqual(Array(3).fill('partial'));
  });

  it('pay the second charge back once', async () => {
    said.label = 'duplicate-charge';
    fact = { paid: '60.00', refunded: '0.00', charges: 2 };
    expect(paid(await posted('30.00', { diagnosis: { rules: ['R1'] } }))).toBe(30);
    said.label = 'damaged';
  });
});

describe('five complaints of one customer at once', () => {
  const customer = { id: 'C-7', email: 'zoe@example.com', language: 'nl' };
  const orders = ['W1', 'W2', 'W3', 'W4', 'W5'];

  it('come to no more than one customer may get, over all orders', async () => {
    fact = { ...fact, paid: '99.00', customer };
    const documents = await posted('80.00', { orders });
    expect(paid(documents)).toBe(240);
    expect(reasons(documents)).toEqual(
      new Set(["'refund' is at its limit for one customer: 300.00 in one currency in 90 days"]),
    );
  });

  it('are no matter of that limit where the order system names no customer', async () => {
    fact = { ...fact, paid: '99.00' };
    expect(paid(await posted('80.00', { orders }))).toBe(400);
  });

  it('are answered where they act, in the language of the complaint, to the address on file', async () => {
    fact = { ...fact, customer };
    const documents = await posted('25.00');
    const letters = acting(documents).map(({ further = [] }) => further[0]?.parameters);
    expect(letters).toHaveLength(2);
    for (const letter of letters) {
      expect(letter).toMatchObject({ to: 'zoe@example.com', language: 'de', orderId: 'W1' });
      expect(letter?.text).toContain('EUR 25.00 für Ihre Bestellung W1');
    }
  });
});
