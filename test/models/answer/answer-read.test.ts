import fc from 'fast-check';
import { jsonrepair } from 'jsonrepair';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readWith } from '../../../lambdas/models/answer/answer.ts';
import { growth, MOST_GROWTH } from '../../support/cpu.ts';

const schema = z.strictObject({ label: z.string(), lines: z.array(z.strictObject({ total: z.string() })) });
const VALUE = { label: 'Billing', lines: [{ total: '1,250.00' }, { total: '3.50' }] };
const GOOD = JSON.stringify(VALUE);

const read = (text: string) => readWith(jsonrepair, text, schema);
const value = (text: string) => {
  const answer = read(text);
  return answer.ok ? answer.value : answer.fault;
};

describe('an answer', () => {
  it('that is JSON is taken as it is', () => {
    expect(read(GOOD)).toEqual({ ok: true, value: VALUE, repaired: false });
    expect(read(`\n ${JSON.stringify(VALUE, null, 2)}\n`)).toMatchObject({ ok: true, repaired: false });
  });

  it.each([
    ['prose before it', `Sure, here it is: ${GOOD}`],
    ['prose after it', `${GOOD}\n\nIs there anything else?`],
    ['a fence', `\`\`\`json\n${GOOD}\n\`\`\``],
    ['prose with brackets', `I looked at [1] and {both}. ${GOOD} (see [2])`],
    ['prose with apostrophes', `It's what the customer's asking: ${GOOD} I'm sure.`],
    ['an example that does not fit', `Unlike {"label":"other"}, this fits: ${GOOD}`],
    ['a comma too many', GOOD.replace('"}]}', '"},],}')],
    ['single quotes', GOOD.replaceAll('"', "'")],
    ['names without quotes', GOOD.replace('"label"', 'label')],
    ['a comma too few', GOOD.replace(',"lines"', ' "lines"')],
  ])('is freed from %s', (_name, text) => {
    expect(read(text)).toEqual({ ok: true, value: VALUE, repaired: true });
  });

  /** Words that the repair library stumbles over: it takes some of them for comments, ends or ellipses. */
  const WORDS = [
    'a',
    '1',
    '.',
    '…',
    '...',
    '//',
    '/*',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '\\',
    '\n',
    '```',
    'null',
  ];
  const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((list) => list.join(''));
  const values = fc.record({ label: words, lines: fc.array(fc.record({ total: words }), { maxLength: 3 }) });

  it('in prose keeps every word of its strings', () => {
    fc.assert(
      fc.property(values, (own) => {
        expect(value(`It's this: ${JSON.stringify(own)} [1]`)).toEqual(own);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a comma too many', (json: string) => json.replace(/\}$/, ',}')],
    ['a name without quotes', (json: string) => json.replace('"label"', 'label')],
    ['a comma too few', (json: string) => json.replace(/,"lines"/, ' "lines"')],
  ])('mended after %s says what it said before, or is refused', (_name, spoil) => {
    let mended = 0;
    fc.assert(
      fc.property(values, (own) => {
        const answer = read(spoil(JSON.stringify(own)));
        if (!answer.ok) return;
        mended++;
        expect(answer.value).toEqual(own);
      }),
      { numRuns: 2000 },
    );
    expect(mended).toBeGreaterThan(1000);
  });

  it('mended after a lost character has no line less', () => {
    fc.assert(
      fc.property(values, fc.nat(), (own, at) => {
        const json = JSON.stringify(own);
        const lost = at % json.length;
        const answer = read(json.slice(0, lost) + json.slice(lost + 1));
        if (answer.ok) expect(answer.value.lines).toHaveLength(own.lines.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['an address', 'see https://x.example/a{id}'],
    ['a thousands comma', '1,250.00'],
    ['a line break as it is', 'first\nsecond'],
  ])('mended keeps %s', (_name, text) => {
    const own = { label: text, lines: [{ total: 'it\'s "so"' }] };
    const raw = JSON.stringify(own).replace('\\n', '\n').replace(/\}$/, ',}');

    expect(read(raw)).toEqual({ ok: true, value: own, repaired: true });
  });

  it.each([
    ['nothing', '', 'shape'],
    ['prose', 'It is about billing.', 'shape'],
    ['a document of another shape', '{"label":1}', 'shape'],
    ['JSON that is no object', '"Billing"', 'shape'],
    ['a number that is no number', '{"label":"a","lines":[{"total": 1,250.00}]}', 'shape'],
    ['a member without a value', '{"label":,"lines":[]}', 'shape'],
    ['brackets that do not match', '{"label":"a","lines":[{"total":"1"]}', 'shape'],
    ['a bracket too many', `${GOOD}}`, 'shape'],
    ['two documents', `${GOOD} or ${GOOD}`, 'shape'],
    ['a string that ends too early', '{"label":"a","lines":[]} and", "lines":[{"total":"1"}]}', 'shape'],
    ['an open fence', `\`\`\`json\n${GOOD.slice(0, -2)}`, 'cut'],
    ['an open string', `${GOOD.slice(0, -5)}}]}`, 'cut'],
    ['an ellipsis', '{"label":"a","lines":[{"total":"1"}, ...]}', 'cut'],
    ['one character of an ellipsis', '{"label":"a","lines":[{"total":"1"}, …]}', 'cut'],
    ['a fenced ellipsis', '```\n{"label":"a","lines":[...]}\n```', 'cut'],
    ['a comment', '{"label":"a","lines":[{"total":"1"} /* and 40 more */]}', 'cut'],
    ['a comment to the end of the line', '{"label":"a","lines":[{"total":"1"} // and so on\n]}', 'cut'],
  ])('is not made out of %s', (_name, text, why) => {
    expect(read(text)).toMatchObject({ ok: false, why });
  });

  it.each(['24.', '12e', '1e+', '-'])('does not get the rest of a number like %s', (half) => {
    const numbers = z.strictObject({ a: z.optional(z.number()), n: z.number() });

    expect(readWith(jsonrepair, `{"n":${half},}`, numbers)).toMatchObject({ ok: false });
    expect(readWith(jsonrepair, '{"n":24.5,}', numbers)).toMatchObject({ ok: true, value: { n: 24.5 } });
    expect(readWith(jsonrepair, '{"n":-1e-3,}', numbers)).toMatchObject({ ok: true, value: { n: -0.001 } });
  });

  it.each([
    ['as it is', '{"label":"a","lines":[{"total":"10.00","total":"1000.00"}]}'],
    ['in prose', 'Here: {"label":"a","lines":[{"total":"10.00","total":"1000.00"}]}'],
    ['to be mended', "{'label':'a','lines':[{'total':'10.00','total':'1000.00'}],}"],
    ['without quotes', '{"label":"a","lines":[{total:"10.00",total:"1000.00"}]}'],
    ['spelled differently', '{"label":"a","lines":[{"total":"10.00","tot\\u0061l":"1000.00"}]}'],
    ['beside a good one', `{"label":"a","lines":[{"total":"1","total":"2"}]} or ${GOOD}`],
    ['twice the same', '{"label":"a","lines":[{"total":"1","total":"1"}]}'],
  ])('that names a member twice is not taken, %s', (_name, text) => {
    expect(read(text)).toEqual({ ok: false, fault: 'it names "total" twice in one object', why: 'shape' });
  });

  it('may use a name in several objects, and a name as a value', () => {
    const nested = z.any();
    for (const json of [
      { a: { a: { a: 1 } }, b: ['a', 'a', 'b'], c: [{ a: 1 }, { a: 1 }] },
      { a: 'b', b: 'a', c: { b: [] }, d: [[], {}, [{}]], e: null, '': { '': '' } },
      [{ a: 1 }, { a: 2 }, [{ a: 3 }], 'a'],
      { a: '{"b":1,"b":2}', b: "'b':" },
    ]) {
      for (const text of [JSON.stringify(json), JSON.stringify(json, null, 2)])
        expect(readWith(jsonrepair, text, nested)).toMatchObject({ ok: true, value: json });
    }
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = JSON.stringify(json, (_, it) => (typeof it === 'number' ? it % 1000 : it));
        expect(readWith(jsonrepair, text, nested)).toMatchObject({ ok: true });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '12345678901234567890',
    '-9007199254740992',
    '9007199254740993',
    '12345678901234567890.0',
    '1e400',
  ])('with the number %s is not taken: it would be read as another one', (number) => {
    const numbers = z.strictObject({ n: z.any() });
    for (const text of [`{"n":${number}}`, `{"n":[${number}]}`, `Here: {"n":${number}}`, `{'n':${number},}`])
      expect(readWith(jsonrepair, text, numbers)).toMatchObject({ ok: false, why: 'shape' });
    expect(readWith(jsonrepair, number, z.any())).toMatchObject({
      fault: 'it holds a whole number beyond 9007199254740991, which cannot be read exactly',
    });
    // As text it says what it says.
    expect(readWith(jsonrepair, `{"n":"${number}"}`, numbers)).toMatchObject({
      ok: true,
      value: { n: number },
    });
    expect(readWith(jsonrepair, `"${number}"`, z.any())).toMatchObject({ ok: true });
  });

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '1.5e200',
    '0.1',
    '-0',
    '24.90',
    '1e3',
    '3.14159265358979323846',
  ])('with the number %s is taken', (number) => {
    expect(readWith(jsonrepair, `{"n":${number}}`, z.strictObject({ n: z.number() }))).toMatchObject({
      ok: true,
      value: { n: Number(number) },
    });
  });

  it('of a list of words does not take the ellipsis for one', () => {
    const list = z.strictObject({ lines: z.array(z.string()) });

    for (const rest of ['…', '...', 'and…'])
      expect(readWith(jsonrepair, `{"lines":["a","b",${rest}]}`, list)).toMatchObject({
        ok: false,
        why: 'cut',
      });
  });

  it("reads Python's literals", () => {
    const python = z.strictObject({ a: z.null(), b: z.boolean(), c: z.boolean(), d: z.string() });

    expect(
      readWith(jsonrepair, "{'a': None, 'b': True, 'c': False, 'd': 'it\\'s \"so\"'}", python),
    ).toMatchObject({
      ok: true,
      value: { a: null, b: true, c: false, d: 'it\'s "so"' },
    });
  });

  it('never comes out of a text that ends too early, wherever that is', () => {
    const lines = fc.array(fc.record({ total: fc.string() }), { minLength: 1, maxLength: 4 });
    const whole = fc.record({ label: fc.string(), lines }).map((it) => JSON.stringify(it));
    const parts = fc.tuple(whole, fc.nat(), fc.constantFrom('', '```json\n', 'Here: '));

    fc.assert(
      fc.property(parts, ([text, at, before]) => {
        const answer = read(before + text.slice(0, at % text.length));
        expect(answer.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('says what is wrong in the words of the schema', () => {
    expect(value('{"label":"a"}')).toMatch(/^\/lines Invalid input: expected array/);
    expect(value('{"label":"a","lines":[{"total":1}]}')).toMatch(/^\/lines\/0\/total /);
  });

  it('is complete when the step says so', () => {
    const asked: unknown[] = [];
    const missing = (answer: typeof VALUE) => {
      asked.push(answer);
      return answer.lines.length < 2 ? 'a line' : undefined;
    };

    expect(readWith(jsonrepair, GOOD, schema, missing)).toMatchObject({ ok: true });
    expect(readWith(jsonrepair, '{"label":"a","lines":[]}', schema, missing)).toEqual({
      ok: false,
      fault: 'it is incomplete: a line',
      why: 'missing',
    });
    // It sees nothing that does not fit.
    expect(readWith(jsonrepair, '{"label":"a"}', schema, missing)).toMatchObject({ why: 'shape' });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['', '['],
    ['', '{"a":'],
    ['', '{}'],
    ['{"a":"', "'"],
  ])('takes time in proportion to be refused: %s%s over and over', (before, text) => {
    expect(growth(20_000, (size) => void read(before + text.repeat(size)))).toBeLessThan(MOST_GROWTH);
    expect(read(before + text.repeat(20_000)).ok).toBe(false);
  });
});
