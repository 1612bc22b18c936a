import { expect, it, vi } from 'vitest';
import { lengthsOf } from '../../cli/prompts/lengths.ts';
import { UsageError as LocalUsageError } from '../../local/usage.ts';
import { api, run } from './harness.ts';
import { waiting } from './recorded.ts';

const hints = vi.hoisted(() => ({ found: [] as object[] }));
vi.mock('../../local/rehearsal/prompts.ts', () => ({
  lintPrompts: async (wanted: string) => {
    if (wanted !== 'it-help') throw new LocalUsageError(`there is no automation '${wanted}'`);
    return [
      {
        file: 'automations/it-help/prompts/route.v1.md',
        inUse: true,
        words: 100,
        requests: 22,
        hints: hints.found,
      },
    ];
  },
}));

const entry = (outputTokens: number, more: object = {}) => ({
  ...{
    at: '',
    step: 'route',
    model: 'luna',
    endpoint: 'a',
    promptVersion: 'route.v1',
    promptHash: '',
    route: '',
  },
  ...{ cached: false, costUsd: 0, inputTokens: 1, cachedTokens: 0, outputTokens, price: '', milliseconds: 1 },
  ...more,
});

it('tells hints by their line, and fails where it is told to be strict', async () => {
  hints.found = [{ rule: 'repeated', line: 3, says: 'it says what line 1 says' }];
  const plain = await run(['prompts', 'lint', 'it-help']);
  expect([plain.code, plain.out]).toEqual([
    0,
    expect.stringMatching(/repeated {2}line 3: it says[\s\S]*1 hint$/m),
  ]);
  expect((await run(['prompts', 'lint', 'it-help', '--strict'])).code).toBe(1);

  hints.found = [];
  expect((await run(['prompts', 'lint', 'it-help', '--strict'])).code).toBe(0);
});

it('tells how long the answers of the newest items were', async () => {
  const { id } = waiting;
  const item = { ...waiting, lineage: [entry(7), entry(90, { step: 'reply', promptVersion: 'reply.v2' })] };
  api.answers['GET /v1/items?automation=refund-request&limit=100'] = { body: { items: [waiting] } };
  api.answers[`GET /v1/items/${id}`] = { body: item };

  const { code, out } = await run(['prompts', 'lengths', 'refund-request', '--json']);

  const few = { answers: 1, half: 7, longest: 7 };
  expect([code, JSON.parse(out).prompts]).toEqual([
    0,
    [
      { step: 'reply', promptVersion: 'reply.v2', ...few, half: 90, longest: 90 },
      { step: 'route', promptVersion: 'route.v1', ...few },
    ],
  ]);
});

it('proposes a bound once it knows a hundred answers that were paid for and used: twice the longest', () => {
  const lineage = [...Array(100).keys()].map((at) => entry(at + 1));
  const wasted = [
    entry(500, { failure: 'cut' }),
    entry(600, { cached: true }),
    entry(700, { source: 'orders' }),
  ];
  expect(lengthsOf([{ lineage }, { lineage: wasted }, {}])).toEqual([
    { step: 'route', promptVersion: 'route.v1', answers: 100, half: 50, longest: 100, maxOutputTokens: 208 },
  ]);
  expect(lengthsOf([{ lineage: lineage.slice(1) }])[0]).not.toHaveProperty('maxOutputTokens');
});

it.each([
  [['prompts', 'check'], /^'check' is not a verb of prompts/],
  [['prompts', 'lengths'], /^lengths needs the name of an automation/],
  [['prompts', 'lengths', 'it-help', '--strict'], /^--strict is for lint/],
  [['prompts', 'lint', '--items', '3'], /^--items is for lengths/],
  [['prompts', 'lint', 'nosuch'], /^there is no automation 'nosuch'$/],
])('%j is told what is wrong', async (argv, says) => {
  const { code, err } = await run(argv);
  expect([code, err]).toEqual([2, expect.stringMatching(says)]);
});
