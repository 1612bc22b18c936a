import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { repaired } from '../../../lambdas/kit/repair/repair.ts';

/* What no field takes is left out. It may have been the value that matters: then its field counts as touched, and a person looks. */

const schema = z.strictObject({
  order: z.string(),
  amount: z.string(),
  currency: z._default(z.enum(['EUR', 'USD']), 'EUR'),
  lines: z.optional(z.array(z.strictObject({ price: z.string(), vat: z.optional(z.number()) }))),
});
const BODY = { order: '1', amount: '10.00' };

function touched(body: object): readonly string[] {
  const found = repaired({ bytes: Buffer.from(JSON.stringify(body)) }, schema, {
    renamed: { '/amount': ['total'] },
  });
  if ('reason' in found) throw new Error(found.reason);
  return found.facts.fields;
}

describe('a value that is left out', () => {
  it.each([
    ['a field that is missing, and takes its default', { ...BODY, curr: 'USD' }, ['currency']],
    ['a field that has another value', { ...BODY, Amount: '99.00' }, ['amount']],
    ['a field that has another value, by a slip', { ...BODY, amuont: '99.00' }, ['amount']],
    ['a field that has another value, by a listed name', { ...BODY, total: '99.00' }, ['amount']],
    ['a field of a list', { ...BODY, currency: 'EUR', lines: [{ price: '1', tax: 19 }] }, ['lines/vat']],
  ])('touches what it may be meant for: %s', (_, body, fields) => {
    expect(touched(body)).toEqual(fields);
  });

  it('touches nothing where no field would take it', () => {
    expect(touched({ ...BODY, vip: true, note: 'please', nested: { a: 1 } })).toEqual([]);
  });
});
