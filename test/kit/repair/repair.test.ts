import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { automation as refund } from '../../../automations/refund-request/automation.ts';
import { automation as triage } from '../../../automations/support-triage/automation.ts';
import type { RepairPolicy } from '../../../lambdas/contract/intake/repair.ts';
import { type Repaired, repaired, type Unrepaired } from '../../../lambdas/kit/repair/repair.ts';
import { readBody } from '../../../lambdas/kit/request-body.ts';
import { request } from '../../support/api.ts';
import { cpuMs } from '../../support/cpu.ts';

/* An order, with one field of every kind that people and machines get wrong. */
const schema = z.strictObject({
  orderId: z.string().check(z.regex(/^[\w-]{1,40}$/)),
  amount: z.string().check(z.regex(/^\d{1,9}\.\d{2}$/)),
  currency: z.enum(['EUR', 'USD']),
  quantity: z.optional(z.int()),
  weight: z.optional(z.number()),
  gift: z.optional(z.boolean()),
  orderedOn: z.optional(z.iso.date()),
  tags: z.optional(z.array(z.string())),
  customer: z.optional(z.strictObject({ email: z.email(), phone: z.optional(z.string()) })),
});
const GOOD = { orderId: 'W1', amount: '24.90', currency: 'EUR' };

function mend(body: unknown, policy: RepairPolicy = {}): Repaired & Unrepaired {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return repaired({ bytes: Buffer.from(text) }, schema, policy) as Repaired & Unrepaired;
}
const bodyOf = (body: unknown, policy?: RepairPolicy) => mend(body, policy).body;

describe('a body that does not fit its schema', () => {
  it.each<[string, string, object]>([
    ['a number for a text, with its digits', '"amount": 24.90', { amount: '24.90' }],
    ['an order number that is a number', '"orderId": 1001', { orderId: '1001' }],
    ['thousands with a comma', '"amount": "1,250.00"', { amount: '1250.00' }],
    ['thousands with a point', '"amount": "1.250,00"', { amount: '1250.00' }],
    ['thousands with a blank', '"amount": "1 250,00"', { amount: '1250.00' }],
    ['decimals with a comma', '"amount": "24,90"', { amount: '24.90' }],
    ['blanks around a value', '"amount": " 24.90 "', { amount: '24.90' }],
    ['small letters of a choice', '"currency": "eur"', { currency: 'EUR' }],
    ['a text for a whole number', '"quantity": "3"', { quantity: 3 }],
    ['a text for a number', '"weight": "24.9"', { weight: 24.9 }],
    ['a text for yes or no', '"gift": "True"', { gift: true }],
    ['a date with the day first', '"orderedOn": "31.12.2025"', { orderedOn: '2025-12-31' }],
    ['a date with the month in words', '"orderedOn": "5 May 2026"', { orderedOn: '2026-05-05' }],
    ['one value for a list', '"tags": "new"', { tags: ['new'] }],
    ['a list for one value', '"gift": [true]', { gift: true }],
    ['null for what may be missing', '"gift": null', {}],
    [
      'JSON in a text',
      '"customer": "{\\"email\\": \\"a@b.example\\"}"',
      { customer: { email: 'a@b.example' } },
    ],
    ['another spelling of a name', '"ordered_on": "2026-05-01"', { orderedOn: '2026-05-01' }],
    ['a slip in a name', '"quantitiy": 2', { quantity: 2 }],
    ['a field that nobody knows', '"source": "shop"', {}],
  ])('is repaired: %s', (_name, member, fields) => {
    const [key] = /"(\w+)"/.exec(member) ?? [];
    const rest = Object.entries(GOOD).filter(([name]) => `"${name}"` !== key);
    const text = `{${[...rest.map(([name, value]) => `"${name}": "${value}"`), member].join(', ')}}`;

    expect(bodyOf(text)).toEqual({ ...Object.fromEntries(rest), ...fields });
  });

  it.each<[string, object]>([
    ['one comma before three digits', { amount: '1,250' }],
    ['one point before three digits, for a number', { weight: '1.250' }],
    ['the same sign twice', { amount: '1.250.00' }],
    ['a sign of a currency', { amount: '€24.90' }],
    ['a date whose day may be its month', { orderedOn: '03/04/2026' }],
    ['a date that there is not', { orderedOn: '31.02.2026' }],
    ['1 for yes', { gift: 1 }],
    ['a number with leading zeros', { quantity: '007' }],
    ['a number that loses digits', { weight: '12345678901234567890' }],
    ['an amount without cents', { amount: '24.9' }],
    ['a field that must be there', { amount: undefined }],
    ['null for a field that must be there', { amount: null }],
    ['two names for one field', { ordered_on: '2026-05-01', 'Ordered-On': '2026-05-02' }],
    ['an address that is none', { customer: { email: 'anna' } }],
  ])('is not guessed at: %s', (_name, fields) => {
    const { body, reason } = mend({ ...GOOD, ...fields });
    expect(body).toBeUndefined();
    expect(reason).toBeTruthy();
  });

  it('says field by field what came, what it is now, and by what', () => {
    const it = mend(`{'order_id': 'W1', "amount": 24.90, "currency": "EUR", "vip": true}`);

    expect(it.body).toEqual(GOOD);
    expect(it.repairs).toEqual([
      { pointer: '', from: expect.stringContaining("{'order_id'"), by: 'json' },
      { pointer: '/orderId', source: '/order_id', from: 'W1', to: 'W1', by: 'name' },
      { pointer: '/amount', from: 24.9, to: '24.90', by: 'type' },
      { pointer: '/vip', from: true, by: 'unknown' },
    ]);
    expect(it.facts).toEqual({
      ...{ count: 4, by: ['json', 'name', 'type', 'unknown'] },
      ...{ fields: ['orderId', 'amount'], doubts: [] },
    });
  });

  it('knows the names that the automation lists, and unwraps what stands in another object', () => {
    const renamed = { '/orderId': ['bestellnummer'], '/customer/email': ['mail'] };
    const sent = { Bestellnummer: 'W1', amount: '24.90', currency: 'EUR', customer: { mail: 'a@b.example' } };

    expect(bodyOf(sent, { renamed })).toEqual({ ...GOOD, customer: { email: 'a@b.example' } });
    for (const wrapped of [{ data: GOOD }, [GOOD], JSON.stringify(GOOD)])
      expect(bodyOf(JSON.stringify(wrapped))).toEqual(GOOD);
  });

  it('has a reason that names fields of the schema and no word of the sender', () => {
    const said = [
      mend({ ...GOOD, amount: 'my card 4111', secretName: 1 }).reason,
      mend({ orderId: 'W1', 'my secret': { amount: 'hush' } }).reason,
      mend('I lost my secret card').reason,
      mend('{"secret": "a" "secret"}').reason,
    ];
    expect(said[0]).toMatch(/^\/amount /);
    expect(said.join()).not.toMatch(/secret|4111|hush|lost/);
  });

  it('is no way to the prototype of anything', () => {
    const { body } = mend(
      `{"__proto__": {"gift": true}, "constructor": {"x": 1}, ${JSON.stringify(GOOD).slice(1)}`,
    );
    expect(body).toEqual(GOOD);
    expect((body as { gift?: boolean }).gift).toBeUndefined();
    expect(({} as { gift?: boolean }).gift).toBeUndefined();
  });

  it.each<[string, Buffer, string | undefined, string[]]>([
    ['a mark of byte order', Buffer.from(`\uFEFF${JSON.stringify({ text: 'Grüße' })}`), undefined, []],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify({ text: 'Grüße' })}`, 'utf16le'), undefined, []],
    ['UTF-16 without a mark', Buffer.from(JSON.stringify({ text: 'Grüße' }), 'utf16le'), undefined, []],
    ['Latin 1 that says so', Buffer.from(JSON.stringify({ text: 'Grüße' }), 'latin1'), 'iso-8859-1', []],
    [
      'Latin 1 that does not',
      Buffer.from(JSON.stringify({ text: 'Grüße' }), 'latin1'),
      undefined,
      ['encoding'],
    ],
    ['UTF-8 that says another', Buffer.from(JSON.stringify({ text: 'Grüße' })), 'iso-8859-1', ['encoding']],
  ])('is read in its encoding: %s', (_name, bytes, charset, doubts) => {
    const it = repaired({ bytes, charset }, triage.schema, {}) as Repaired;
    expect(it.body).toEqual({ text: 'Grüße' });
    expect(it.facts).toMatchObject({ by: ['encoding'], doubts });
  });

  it('is not made of what is no text, or was lost on the way', () => {
    const reasonOf = (bytes: Uint8Array, damaged = false) =>
      repaired({ bytes, damaged }, schema, {}) as Unrepaired;
    expect(reasonOf(Buffer.of(0x1f, 0x8b, 8, 0)).reason).toBe('it is compressed');
    expect(reasonOf(Buffer.of(0, 1, 2, 3, 4)).reason).toBe('it is no text');
    expect(reasonOf(Buffer.from('{"text":"a\uFFFD"}'), true).reason).toMatch(/lost on the way/);
  });
});

describe('for any body', () => {
  const any = fc.record(
    {
      orderId: fc.oneof(fc.stringMatching(/^[\w-]{1,10}$/), fc.integer()),
      amount: fc.oneof(fc.stringMatching(/^\d{1,3}([.,' ]\d{3}){0,2}[.,]\d{1,3}$/), fc.float(), fc.integer()),
      currency: fc.constantFrom('EUR', 'eur', 'Usd', 'CHF', null),
      quantity: fc.oneof(fc.stringMatching(/^\d{1,4}$/), fc.integer(), fc.constant(null)),
      weight: fc.stringMatching(/^-?\d{1,3}([.,]\d{1,4}){0,2}$/),
      orderedOn: fc.stringMatching(/^\d{1,2}[./-]\d{1,2}[./-]20\d\d$/),
      tags: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 })),
      quanttiy: fc.integer(),
    },
    { requiredKeys: [] },
  );

  it('that fits, nothing is repaired: it stays what it is', () => {
    const good = fc.record(
      {
        subject: fc.string({ maxLength: 50, unit: 'grapheme' }),
        text: fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `a${text}`),
      },
      { requiredKeys: ['text'] },
    );
    fc.assert(
      fc.property(good, (body) => {
        const strict = readBody(request({ body }), triage.schema);
        const it = repaired({ bytes: Buffer.from(JSON.stringify(body)) }, triage.schema, {}) as Repaired;
        expect(it.body).toEqual(strict);
        expect(it.repairs).toEqual([]);
      }),
    );
  });

  it('no digit of an amount, a date or a number stands in the repaired one that did not come', () => {
    fc.assert(
      fc.property(any, (sent) => {
        const { body, reason } = mend(sent);
        if (reason !== undefined) return;
        const digits = (value: unknown) =>
          [...JSON.stringify(value ?? '')].filter((it) => /\d/.test(it)).sort();
        const came = body as Record<string, unknown>;
        for (const field of ['orderId', 'amount', 'weight', 'orderedOn'] as const) {
          const [now, before] = [digits(came[field]), digits(sent[field])];
          // A date may gain a zero before its day.
          const gained = now.filter((it) => it !== '0');
          for (const digit of gained) expect(before).toContain(digit);
          expect(gained.length).toBeLessThanOrEqual(before.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('no bytes break it, and every refusal has its reason', () => {
    for (const { schema: shape } of [triage, refund])
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 300 }),
          fc.option(fc.string({ maxLength: 12 })),
          (bytes, charset) => {
            const it = repaired({ bytes, charset: charset ?? undefined }, shape as never, {});
            expect('reason' in it ? it.reason : it.body).toBeTruthy();
          },
        ),
        { numRuns: 500 },
      );
  });

  it('a schema that names itself is no trap: levels of wrong names cost no more than others', () => {
    interface Tree {
      childNode?: Tree | undefined;
      valueOf?: number | undefined;
    }
    const tree: z.ZodMiniType<Tree> = z.lazy(() =>
      z.strictObject({ childNode: z.optional(tree), valueOf: z.optional(z.number()) }),
    );
    const deep = `${'{"child_node":'.repeat(90)}{"value_of":"x"}${'}'.repeat(90)}`;
    const wide = `{${Array.from({ length: 20_000 }, (_, at) => `"childNod${at}": {}`).join()}}`;
    for (const text of [deep, wide])
      expect(cpuMs(() => repaired({ bytes: Buffer.from(text) }, tree, {}), 1)).toBeLessThan(5000);
  });
});
