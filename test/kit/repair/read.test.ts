import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../../lambdas/kit/repair/node.ts';
import { readTolerantly } from '../../../lambdas/kit/repair/read.ts';
import { growth, MOST_GROWTH } from '../../support/cpu.ts';

const read = (text: string) => {
  const it = readTolerantly(text);
  return 'fault' in it ? it.fault : [plain(it.node), [...it.doubts]];
};

describe('a tolerant reading', () => {
  it('of good JSON is what JSON.parse says, without a doubt', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(read(text)).toEqual([JSON.parse(text), []]);
      }),
    );
  });

  it.each<[string, string, unknown, string[]]>([
    ['quotes of Python and its words', "{'a': True, 'b': None}", { a: true, b: null }, []],
    ['names without quotes', '{a: 1, b_c: "x"}', { a: 1, b_c: 'x' }, []],
    ['a comma at the end', '{"a": [1, 2,],}', { a: [1, 2] }, []],
    ['typographic quotes', '{“a”: “it’s”}', { a: 'it’s' }, []],
    ['a line end within a text', '{"a": "x\ny"}', { a: 'x\ny' }, []],
    ['a fence', '```json\n{"a": 1}\n```', { a: 1 }, []],
    ['a mark of byte order', '\uFEFF{"a": 1}', { a: 1 }, []],
    ['text around it', 'Here it is: {"a": 1} Regards', { a: 1 }, ['prose']],
    ['a comment', '{"a": 1 // one\n}', { a: 1 }, ['comment']],
    ['a missing comma between lines', '{"a": 1\n"b": 2}', { a: 1, b: 2 }, ['comma']],
    [
      'quotes within quotes',
      '{"a": "he said "yes" twice", "b": 1}',
      { a: 'he said "yes" twice', b: 1 },
      ['quotes'],
    ],
    ['inches', '{"a": "a 24" screen"}', { a: 'a 24" screen' }, ['quotes']],
    ['a text without quotes', '{"a": blue lamp}', { a: 'blue lamp' }, ['word']],
    ['an end that is missing', '{"a": {"b": "x"', { a: { b: 'x' } }, ['cut']],
    ['a text that breaks off', '{"a": "my lamp is br', { a: 'my lamp is br' }, ['cut']],
    ['a bracket too many', '{"a": 1}}', { a: 1 }, ['bracket']],
    ['a path of Windows', '{"a": "C:\\data"}', { a: 'C:\\data' }, ['escape']],
  ])('takes %s', (_name, text, value, doubts) => expect(read(text)).toEqual([value, doubts]));

  it.each([
    ['a value that is missing', '{"a": }', /value is missing/],
    ['half a number', '{"amount": 24', /breaks off within a value/],
    ['two documents', '{"a": 1} {"a": 2}', /more than one JSON document/],
    ['a field named twice', '{"amount": 1, "amount": 2}', /names one field twice/],
    ['a list that leaves something out', '[1, 2, ...]', /neither a value nor a name/],
    ['crossed brackets', '{"a": [1, 2}', /brackets do not match/],
    ['a forgotten quote', '{"a": "x, "b": "y"}', /no comma|quote too many|no end/],
    ['thousands that look like two values', '{"amount": 1,250.00}', /name of a field is expected/],
    ['a date without quotes', '{"date": 2026-05-01}', /neither a value nor a name/],
    ['a value that JSON does not have', '{"a": NaN}', /JSON does not have/],
    ['texts that a program adds', `{"a": 'x' + 'y'}`, /adds texts/],
    ['nothing', ' \n', /empty/],
    ['prose', 'please refund my order', /not JSON/],
    ['a text', '"{a: 1}', /not JSON/],
  ])('refuses %s', (_name, text, fault) => expect(read(text)).toMatch(fault));

  it('refuses what is nested too deep, however deep', () => {
    for (const open of ['[', '{"a":']) expect(read(open.repeat(400_000))).toMatch(/nested deeper than 100/);
  });

  it('never breaks, whatever it is given', () => {
    const odd = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...'{}[],:"\'\\#/*`“”’ \n\t-+.0e',
          'null',
          'True',
          '//',
          '/*',
          '\\u',
          '```',
          '"a":',
          '...',
        ),
        fc.string({ maxLength: 4, unit: 'binary' }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(odd, (parts) => {
        expect(() => read(parts.join(''))).not.toThrow();
      }),
      { numRuns: 1500 },
    );
  });

  it.each<[string, (size: number) => string]>([
    ['quotes', (size) => `{"a": "${'" '.repeat(size / 2)}`],
    ['quotes that end lines', (size) => `{"a": "${'"\n'.repeat(size / 2)}`],
    ['quotes before blanks', (size) => `["${`" b${' '.repeat(50)}`.repeat(size / 50)}`],
    ['words', (size) => `[${'a '.repeat(size / 2)}`],
    ['comments', (size) => `[${'/**/'.repeat(size / 4)}`],
    ['beginnings of comments', (size) => `[${'/*'.repeat(size / 2)}`],
    ['blanks', (size) => ' '.repeat(size)],
    ['closing brackets', (size) => `{"a": 1}${' }'.repeat(size / 2)}`],
    ['fences', (size) => `${'```a '.repeat(size / 5)}{"a": 1}${'```a '.repeat(size / 5)}x`],
    ['escapes', (size) => `["${'\\"'.repeat(size / 2)}`],
    ['good lists', (size) => `[${'{"a":[1,"b"]},'.repeat(size / 14)}1]`],
  ])('takes time in proportion to the text: %s', (_name, text) => {
    expect(growth(400_000, (size) => read(text(size)))).toBeLessThan(MOST_GROWTH);
  });
});
