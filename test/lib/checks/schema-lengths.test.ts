import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { faultsInSchema } from '../../../lib/checks/schema.ts';
import { automations } from '../../support/automations.ts';

const short = z.string().check(z.maxLength(10));
/** Its values may be such a shape again. */
const TREE = (text: z.ZodMiniType): z.ZodMiniType => {
  const tree: z.ZodMiniType = z.lazy(() => z.union([text, z.record(short, tree)]));
  return tree;
};
const faults = (fields: Record<string, z.ZodMiniType>) => faultsInSchema({ schema: z.strictObject(fields) });

describe('a schema whose texts have no length is refused at synth', () => {
  it.each<[string, z.ZodMiniType, string]>([
    [
      'a text',
      z.string(),
      "'schema.it' is a text without a length: add z.maxLength(…), 254 for an e-mail address",
    ],
    ['one that may be left out', z.optional(z.string()), "'schema.it' is a text"],
    ['one that may be null', z.nullable(z.string()), "'schema.it' is a text"],
    ['an address', z.email(), "'schema.it' is a text"],
    ['a time', z.iso.datetime(), "'schema.it' is a text"],
    ['a pattern that repeats', z.string().check(z.regex(/^a+$/)), "'schema.it' is a text"],
    ['a pattern with an open end', z.string().check(z.regex(/^a/)), "'schema.it' is a text"],
    ['a pattern of two halves', z.string().check(z.regex(/^a|b$/)), "'schema.it' is a text"],
    ['one in an object', z.strictObject({ of: z.string() }), "'schema.it.of' is a text"],
    ['a list', z.array(short), "'schema.it' is a list without a length"],
    ['one in a list', z.array(z.string()).check(z.maxLength(3)), "'schema.it[]' is a text"],
    ['one of a pair', z.tuple([short, z.string()]), "'schema.it[1]' is a text"],
    ['one of a choice', z.union([z.int(), z.string()]), "'schema.it' is a text"],
    ['a key', z.record(z.string(), short), "'schema.it, its keys' is a text"],
    ['a value', z.record(short, z.string()), "'schema.it.*' is a text"],
    ['anything', z.unknown(), "'schema.it' takes anything"],
    ['one in a shape that holds itself', TREE(z.string()), 'is a text'],
    ['fields of any name', z.looseObject({}), "'schema.it' takes fields of any name"],
  ])('%s', (_name, it_, fault) => {
    expect(faults({ it: it_ })).toEqual([expect.stringContaining(fault)]);
  });

  it.each<[string, z.ZodMiniType]>([
    ['a length', short],
    ['a choice of words', z.enum(['a', 'b'])],
    ['a word', z.literal('a')],
    ['a date', z.iso.date()],
    ['a UUID', z.uuid()],
    ['a pattern that ends', z.string().check(z.regex(/^(?:a|b(?:c|d){2})[*+|]{1,3}$/))],
    ['a list with a length', z.array(short).check(z.maxLength(3))],
    ['a record of short keys', z.record(short, z.int())],
    ['a shape that holds itself', TREE(short)],
    ['numbers', z.union([z.int(), z.boolean(), z.null()])],
  ])('but not %s', (_name, it_) => {
    expect(faults({ it: it_ })).toEqual([]);
  });

  it('and the automations of the repository give every text a length', () => {
    expect(automations.flatMap(faultsInSchema)).toEqual([]);
  });
});
