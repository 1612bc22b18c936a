import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { lintText } from '../../../../lib/checks/prompts/lint.ts';
import { lintRequests } from '../../../../lib/checks/prompts/requests.ts';

const told = (hints: ReturnType<typeof lintText>) =>
  hints.map(({ rule, line }) => `${rule} ${line ?? ''}`.trim());
const many = (words: number) => 'word '.repeat(words);

describe('of its text, a prompt hears', () => {
  it.each<[string, string, string[]]>([
    ['nothing where it is well', 'Sort the message.\nIf you are unsure, choose `other`.', []],
    ['that it is long', many(1501), ['long']],
    [
      'that it says something twice',
      'Quote no personal data of customers.\nBe short.\n- Never quote personal data of a customer.',
      ['repeated 3'],
    ],
    [
      'that one rule forbids what another asks for',
      'Always quote the number of the invoice.\nDo not quote the number of an invoice.',
      ['conflicting 2'],
    ],
    [
      'that two bounds cannot both be kept',
      'Write at most two sentences.\nWrite at least 3 short sentences.',
      ['conflicting 2'],
    ],
    [
      'that two exact bounds differ',
      '`brief`: exactly two sentences.\n`brief`: exactly three sentences.',
      ['conflicting 2'],
    ],
    [
      'nothing of bounds on different fields',
      '`brief`: at most two sentences.\n`reply`: at least four sentences.',
      [],
    ],
    ['nothing of bounds that fit', 'At least two sentences, at most five sentences.', []],
    [
      'nothing of code that repeats itself',
      '```\nquote the number of invoices\nquote the number of invoices\n```',
      [],
    ],
  ])('%s', (_, text, expected) => expect(told(lintText(text))).toEqual(expected));

  it('that it has grown, and since which version', () => {
    const before = { version: 'route.v1', text: many(200) };
    expect(lintText(many(310), { before })).toEqual([
      { rule: 'grown', says: expect.stringContaining('310 words, route.v1 had 200') },
    ]);
    expect(lintText(many(290), { before })).toEqual([]);
    // Twice as long, and still short.
    expect(lintText(many(80), { before: { ...before, text: many(40) } })).toEqual([]);
  });

  it('which labels it does not tell of, and which there are not', () => {
    const text = 'Choose one:\n- `Billing`: money\n- `Sale`: offers\n- `other`: the rest';
    const hints = lintText(text, { labels: ['Billing', 'Technical', 'other'] });
    expect(hints.map(({ rule, line, says }) => [rule, line, /'(\w+)'/.exec(says)?.[1]])).toEqual([
      ['unexplained', undefined, 'Technical'],
      ['unused', 3, 'Sale'],
    ]);
  });
});

describe('of the requests that were made with it', () => {
  const schema = z.object({
    decision: z.enum(['refund', 'deny']),
    amount: z.string(),
    lines: z.array(z.object({ net: z.string() })),
  });
  const input = { text: 'Where is it?', policy: [{ rule: 'late', words: 'x' }] };
  const lint = (text: string) => told(lintRequests(text, [{ input, schema }]));
  const WELL =
    'From `text` and `policy` take `decision` (`refund` or `deny`, by its `rule`), `amount`, `lines` with `net`.';

  it.each<[string, string, string[]]>([
    ['is well where all names are known, and all fields told of', WELL, []],
    ['has a name that nobody gives', `${WELL}\nLook at \`customer\` too.`, ['unused 2']],
    [
      'does not tell of a field, also deep inside',
      WELL.replace(', `lines` with `net`', ''),
      ['unexplained', 'unexplained'],
    ],
    ['has an example that fits', `${WELL}\n\`{"decision":"deny","amount":"1","lines":[]}\``, []],
    [
      'has an example with a value that there is not',
      `${WELL}\n\`{"decision":"no","amount":"1","lines":[]}\``,
      ['example 2'],
    ],
    ['has an example without a field', `${WELL}\n\n\`\`\`json\n{"decision":"deny"}\n\`\`\``, ['example 4']],
    ['has an example that is no JSON', `${WELL}\n\`{decision: deny}\``, ['example 2']],
    [
      'writes values and forms, which are no names',
      `${WELL} Such as \`47.92\`, \`YYYY-MM-DD\`, \`true\`, \`EUR\`.`,
      [],
    ],
  ])('%s', (_, text, expected) => expect(lint(text)).toEqual(expected));

  it('says nothing where none was made', () => expect(lintRequests('`customer`', [])).toEqual([]));
});
