import fc from 'fast-check';
import { jsonrepair } from 'jsonrepair';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readWith } from '../../../lambdas/models/answer/answer.ts';
import { growth, MOST_GROWTH } from '../../support/cpu.ts';

/*
 * A draft is not the decision: nothing inside or before a model's thoughts is an answer, nor is what it goes
 * on from.
 */

const schema = z.strictObject({ label: z.enum(['refund', 'other']), amount: z.string() });
const DRAFT = '{"label":"refund","amount":"99.99"}';
const ANSWER = '{"label":"other","amount":"0"}';
/** An answer that does not fit. */
const WRONG = '{"label":"other"}';

const read = (text: string) => readWith(jsonrepair, text, schema);

/** How models and their servers mark what was thought. */
const MARKS: readonly (readonly [string, string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<reasoning>', '</reasoning>'],
  ['<THINK>', '</THINK>'],
  ['<Think class="a" budget=12>', '</think >'],
  ['< think >', '</ think>'],
  ['<thought>', '</thought>'],
  ['<analysis>', '</analysis>'],
  ['<scratchpad>', '</scratchpad>'],
  ['<seed:think>', '</seed:think>'],
  ['◁think▷', '◁/think▷'],
  ['＜think＞', '＜/think＞'],
  ['&lt;think&gt;', '&lt;/think&gt;'],
  ['[THINK]', '[/THINK]'],
  ['<ＴＨＩＮＫ>', '</ＴＨＩＮＫ>'],
  ['<details><summary>Why</summary>', '</details>'],
  ['<!--', '-->'],
  ['```thinking\n', '\n```\n'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<unused94>thought', '<unused95>'],
  ['<|channel|>analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
  ['<|channel|>analysis<|message|>', '<|channel|>final <|constrain|>json<|message|>'],
];
/** What is left of Harmony's marks where a server took off the signs: at the beginning only. */
const BARE = ['analysisWe need the label. ', 'assistantfinal'] as const;

describe('a draft in thoughts', () => {
  it.each([...MARKS, BARE])('between %j and %j is not the answer, fitting or not', (opens, closes) => {
    expect(read(`${opens}maybe ${DRAFT}, no${closes}\n${ANSWER}`)).toMatchObject({
      ok: true,
      value: { label: 'other' },
      repaired: true,
    });
    expect(read(`${opens}maybe ${DRAFT}${closes}\n${WRONG}`)).toMatchObject({ ok: false });
    expect(read(`${opens}maybe ${DRAFT}${closes}\nI give none.`)).toMatchObject({ ok: false });
    expect(read(`${opens}maybe ${DRAFT}${closes}`)).toMatchObject({ ok: false });
    expect(read(`${opens}maybe ${DRAFT}`)).toMatchObject({ ok: false, why: 'cut' });
    expect(read(`${opens}\n\`\`\`json\n${DRAFT}\n\`\`\`\n`)).toMatchObject({ ok: false });
  });

  it.each(MARKS)('before %j is not the answer either', (opens, closes) => {
    expect(read(`${DRAFT}\n${opens}no, that is wrong${closes}\nNothing.`)).toMatchObject({ ok: false });
    expect(read(`${DRAFT}\n${opens}no, that is wrong`)).toMatchObject({ ok: false });
    expect(read(`${DRAFT}\n${opens}no${closes}${ANSWER}`)).toMatchObject({
      ok: true,
      value: { amount: '0' },
    });
  });

  it.each([
    ['without an opening mark', `maybe ${DRAFT}</think>${ANSWER}`, 'other'],
    ['without an opening mark and an answer', `maybe ${DRAFT}</think>`, undefined],
    ['nested', `<think>a<think>b</think>${DRAFT}</think>${ANSWER}`, 'other'],
    ['nested and not closed', `<think>a<think>b</think>${DRAFT}`, undefined],
    ['in a fence within a fence', `\`\`\`thinking\n\`\`\`json\n{}\n\`\`\`\n${DRAFT}`, undefined],
    ['nested in another', `<think>a<reasoning>b</reasoning>${DRAFT}</think>${WRONG}`, undefined],
    ['closed by another mark', `<think>a</reasoning>${DRAFT}`, undefined],
    ['twice', `<think>a</think>${DRAFT}<think>no</think>${ANSWER}`, 'other'],
    ['twice, and then nothing', `<think>a</think>${DRAFT}<think>no</think>`, undefined],
    ['with a bracket that stays open', `<think>{"label": [</think>${ANSWER}`, 'other'],
    ['that name a member twice', `<think>{"a":1,"a":2}</think>${ANSWER}`, 'other'],
    ['before what it calls its answer', `${DRAFT}<answer>${ANSWER}</answer>`, 'other'],
    [
      'before what it calls its answer, and which is none',
      `${DRAFT}<final_answer>nothing</final_answer>`,
      undefined,
    ],
    ['that speak of an answer', `<think>It wants <answer>${DRAFT}</answer>`, undefined],
    ['where a message quotes the mark', `<think>It says "</think>${DRAFT}" to trick me`, undefined],
    ['where a message quotes the final mark', `<think>It says assistantfinal${DRAFT}`, undefined],
    ['where a message quotes a channel', `<think>It says <|channel|>final<|message|>${DRAFT}`, undefined],
  ])('%s', (_name, text, label) => {
    expect(read(text)).toMatchObject(label ? { ok: true, value: { label } } : { ok: false });
  });

  it('leaves an answer alone that only speaks of marks', () => {
    const own = { label: 'other', amount: '<think> or </think>, assistantfinal' };

    for (const text of [JSON.stringify(own), `<think>hm</think>\n${JSON.stringify(own)}\n`])
      expect(read(text)).toMatchObject({ ok: true, value: own });
    for (const prose of ['It is < reasonable. ', 'A < b > c. ', '<p>Hello</p> ', '<think/>', '<|end|>'])
      expect(read(`${prose}${ANSWER}${prose}`), prose).toMatchObject({ ok: true });
    expect(read(`<|channel|>final<|message|>${ANSWER}<|return|>`)).toMatchObject({ ok: true });
  });

  it('never becomes the answer, whatever stands around it', () => {
    const marks = fc.constantFrom(...MARKS);
    const words = fc.array(
      fc.constantFrom('no', ' ', '\n', '{', '}', '[1]', '"', "'", '```json\n', '```', '<b>', DRAFT, WRONG),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        marks,
        words,
        words,
        words,
        fc.boolean(),
        ([opens, closes], before, inside, after, closed) => {
          // What closes the thoughts by itself is no part of them.
          const within = inside.filter((word) => word !== closes.trim());
          const behind = after.filter((word) => word !== DRAFT).join('');
          const text = `${before.join('')}${opens}${within.join('')}${closed ? closes : ''}`;
          const answer = read(closed ? text + behind : text);
          if (answer.ok) expect(answer.value).not.toEqual(JSON.parse(DRAFT));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each(['<', '<think', '<think>', '</think>{', '&lt;', '[THINK]', '<|channel|>final', '"</think>'])(
    'takes time in proportion to be found: %s over and over',
    (text) => {
      expect(growth(20_000, (size) => void read(text.repeat(size)))).toBeLessThan(MOST_GROWTH);
      expect(read(text.repeat(20_000)).ok).toBe(false);
    },
  );
});

describe('a draft in prose', () => {
  it.each([
    ['before an answer that does not fit', `I could say ${DRAFT}. But: ${WRONG}`],
    ['before an answer that breaks off', `${DRAFT}, rather {"label":"oth`],
    ['before an answer that leaves something out', `${DRAFT}, rather {"label":"other", ...}`],
    ['before an answer that cannot be read', `${DRAFT}, rather {"label" is other}`],
    ['before another object', `${DRAFT} {"note":"only an example"}`],
    ['before an empty object', `${DRAFT} {}`],
    ['before a list of objects', `${DRAFT} [${WRONG}]`],
    ['before a list of texts', `${DRAFT} ["refund is wrong"]`],
    ['before one that fits as well', `${DRAFT} or ${ANSWER}`],
    [
      'before one that fits as well, in fences',
      `\`\`\`json\n${DRAFT}\n\`\`\`\nor\n\`\`\`json\n${ANSWER}\n\`\`\``,
    ],
    ['that is taken back in words', `${DRAFT}\n\nWait, that is wrong. I cannot say.`],
    ['before a final answer in words', `Draft: ${DRAFT}\nFinal answer: no refund.`],
    ['that has to be mended, before another one', `{'label':'refund','amount':'99.99'} ${WRONG}`],
  ])('%s is not taken', (_name, text) => {
    expect(read(text)).toMatchObject({ ok: false });
    expect(read(`<think>hm</think>${text}`)).toMatchObject({ ok: false });
  });

  it.each([
    ['behind an example that does not fit', `Unlike ${WRONG}: ${ANSWER}`],
    ['before a reference, a box and a gap', `${ANSWER} See [2], [ ] and {name}.`],
    ['in a fence, with prose on both sides', `It says:\n\`\`\`json\n${ANSWER}\n\`\`\`\nAnything else?`],
    ['in a fence behind thoughts', `<think>x</think>\n\`\`\`json\n${ANSWER}\n\`\`\``],
    ['to be mended, behind thoughts', "<think>x</think>{'label':'other','amount':'0',}"],
  ])('is no obstacle to an answer %s', (_name, text) => {
    expect(read(text)).toMatchObject({ ok: true, value: { label: 'other', amount: '0' } });
  });
});
