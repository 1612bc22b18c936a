import { expect, it } from 'vitest';
import type { ItemRow, LineageEntry, TimelineEvent } from '../../../lambdas/contract/item/row.ts';
import { percentile } from '../../../lambdas/kit/numbers/histogram.ts';
import { factsOf, recount } from '../../../lambdas/record/outcomes/facts.ts';
import { type Tally, withFacts } from '../../../lambdas/tables/statistics/figures.ts';
import { itemRow } from '../../support/fixtures.ts';

const DAY = '2026-12-01T08:';

function told(
  ...events: [minute: string, event: string, facts?: Record<string, unknown>][]
): TimelineEvent[] {
  return events.map(([minute, event, facts]) => ({ at: `${DAY}${minute}:00.000Z`, event, ...facts }));
}

function figures(row: Partial<ItemRow>) {
  return withFacts({}, factsOf(itemRow(row)));
}

/** Without what AWS takes, which has tests of its own. */
function counts(tally: Tally | undefined): Tally['n'] {
  const { awsNanoUsd: _, ...others } = tally?.n ?? {};
  return others;
}

const THOUGHT = [
  ['01', 'processing', { attempt: 1 }],
  ['02', 'prepared'],
  ['03', 'routed', { label: 'billing' }],
  ['05', 'evaluated'],
] as const;

const RECEIVED = ['00', 'received', { client: 'shop', door: 'mail' }] as const;
const ALONE = told(
  [...RECEIVED],
  ...THOUGHT.map((it) => [...it] as [string, string]),
  ['06', 'gated', { verdict: 'act' }],
  ['07', 'acting'],
  ['08', 'acted'],
  ['08', 'done'],
);

it('an item that acts alone counts once in each of its values', () => {
  const { all, label, verdict, client, door } = figures({ timeline: ALONE });
  expect(counts(all?.all)).toEqual({ received: 1, judged: 1, done: 1 });
  for (const [values, value] of [
    [label, 'billing'],
    [verdict, 'act'],
  ] as const)
    expect(values?.[value]?.n).toEqual({ judged: 1, done: 1, nanoUsd: 0 });
  expect([client?.shop?.n, door?.mail?.n]).toEqual([counts(all?.all), counts(all?.all)]);
});

it('each stage has its time, and the whole from reception to the end', () => {
  const { all, stage } = figures({ timeline: ALONE });
  const minutes = (of: object | undefined) => Object.keys(of ?? {}).length;
  expect(Object.keys(stage ?? {})).toEqual(['intake', 'prepare', 'route', 'evaluate', 'gate', 'act']);
  expect(minutes(all?.all?.t?.ms)).toBe(1);
  expect(all?.all?.t?.queueMs).toEqual(stage?.intake?.t?.ms);
  // Two minutes each.
  expect(stage?.evaluate?.t?.ms).toEqual(stage?.act?.t?.ms);
});

it('what it was judged by counts once it is judged: language, length and confidence, and events of before for nothing', () => {
  const judged = (prepared: object, gated: object) => {
    const { language, length, confidence } = figures({
      timeline: told([...RECEIVED], ['02', 'prepared', { ...prepared }], ['06', 'gated', { ...gated }]),
    });
    return [language, length, confidence].map((it) => Object.keys(it ?? {}).join());
  };
  expect(judged({ characters: 511, language: 'de' }, { confidence: 1 })).toEqual(['de', '256', '0.9']);
  expect(judged({ characters: 512, language: 'unknown' }, { confidence: 0.29 })).toEqual([
    ...['unknown', '512', '0.2'],
  ]);
  expect(judged({ characters: 0 }, { confidence: null })).toEqual(['', '0', 'none']);
  expect(judged({}, {})).toEqual(['', '', '']);
  // Thought about again, it is judged again.
  const again = told(
    [...RECEIVED],
    ['02', 'prepared', { characters: 90, language: 'de' }],
    ['03', 'gated', { verdict: 'ask', confidence: 0.5 }],
    ['04', 'thinking_again'],
    ['05', 'prepared', { characters: 200, language: 'de' }],
    ['06', 'gated', { verdict: 'act', confidence: 0.9 }],
  );
  const { language, length, door } = figures({ timeline: again });
  expect([language?.de?.n, length]).toEqual([
    { judged: 2 },
    { 64: { n: { judged: 1 } }, 128: { n: { judged: 1 } } },
  ]);
  expect(door?.mail?.n).toMatchObject({ judged: 2, judgedAsk: 1 });
});

it('an item was judged with a kept answer, or by another model than the first, once each, whatever its calls', () => {
  const at = (second: number) => `${DAY}05:0${second}.000Z`;
  const one = { step: 'route', endpoint: 'house', model: 'small', promptVersion: 'route.v1' };
  const judged = (...calls: object[]) =>
    figures({
      timeline: ALONE,
      lineage: calls.map((it, index) => ({ ...one, costUsd: 0.001, at: at(index), ...it })) as LineageEntry[],
    });
  const kept = judged({ cached: true, costUsd: 0 }, { step: 'evaluate', cached: true, costUsd: 0 });
  expect(kept.label?.billing?.n).toMatchObject({ judged: 1, judgedCached: 1 });
  expect(kept.label?.billing?.n).not.toHaveProperty('judgedFallback');
  const fallen = judged({ failure: 'timeout' }, { model: 'large' }, { step: 'evaluate' });
  expect(fallen.client?.shop?.n).toMatchObject({ judged: 1, judgedFallback: 1 });
  // Asked again it is the same model; another step has a model of its own.
  for (const calls of [
    [{ failure: 'timeout' }, {}],
    [{ failure: 'timeout' }, { step: 'evaluate', model: 'large' }],
  ])
    expect(judged(...calls).all?.all?.n).not.toHaveProperty('judgedFallback');
  // Three calls of a thousandth of a dollar each.
  expect(Object.values(fallen.all?.all?.t?.nanoUsd ?? {})).toEqual([1]);
  expect(percentile(fallen.all?.all?.t?.nanoUsd ?? {}, 50)).toBeCloseTo(3_000_000, -6);
});

it('what a person rejects or edits is overridden, and what is sent back is no decision', () => {
  const asked = (decided: Record<string, unknown>, end: string) =>
    figures({
      timeline: told(
        [...RECEIVED],
        ['06', 'gated', { verdict: 'ask' }],
        ['07', 'waiting_approval'],
        ['09', 'decided', decided],
        ['10', end],
      ),
    }).all?.all?.n;
  expect(asked({ decision: 'approve' }, 'done')).toMatchObject({ decided: 1, overridden: 0, done: 1 });
  expect(asked({ decision: 'reject' }, 'rejected')).toMatchObject({ decided: 1, overridden: 1, rejected: 1 });
  const edited = asked({ decision: 'approve', edited: ['amount'] }, 'done');
  expect(edited).toMatchObject({ decided: 1, overridden: 1, done: 1, doneEdited: 1 });
  expect(asked({ decision: 'again' }, 'thinking_again')).not.toHaveProperty('decided');
});

it('what people were asked counts by their group, never by person, and so does their time', () => {
  const { all, group } = figures({
    timeline: told(
      [...RECEIVED],
      ['06', 'gated', { verdict: 'ask' }],
      ['07', 'waiting_approval', { approvalId: 'a', group: 'leads' }],
      ['09', 'decided', { decision: 'again', by: 'ann@example.com', group: 'leads', activeSeconds: 30 }],
      ['10', 'thinking_again'],
      ['11', 'waiting_approval', { approvalId: 'b', group: 'leads' }],
      ['19', 'decided', { decision: 'reject', by: 'eve@example.com', group: 'bosses', activeSeconds: 12.4 }],
      ['20', 'rejected'],
    ),
  });
  expect(group?.leads).toMatchObject({ n: { asked: 2, activeSeconds: 30 } });
  expect(group?.bosses?.n).toEqual({ decided: 1, overridden: 1, activeSeconds: 12 });
  expect(all?.all?.n).toMatchObject({ asked: 2, decided: 1, activeSeconds: 42 });
  expect(Object.values(all?.all?.t?.activeMs ?? {})).toEqual([1, 1]);
  expect(JSON.stringify({ all, group })).not.toContain('example.com');
});

it('a decision of an earlier version, or in Slack, counts without group and time', () => {
  const { all, group } = figures({
    timeline: told([...RECEIVED], ['07', 'waiting_approval'], ['09', 'decided', { decision: 'approve' }]),
  });
  expect(all?.all?.n).toMatchObject({ asked: 1, decided: 1 });
  expect([group, all?.all?.t?.activeMs]).toEqual([undefined, undefined]);
});

it('an item that fails again and again before it is judged is one failure of its release', () => {
  const prepared = ['02', 'prepared', { release: 'abc', arm: 'candidate' }] as const;
  const timeline = told(
    [...RECEIVED],
    ['01', 'processing'],
    [...prepared],
    ['03', 'parked', { stage: 'route', error: 'TransientError' }],
    ['04', 'processing'],
    [...prepared],
    ['05', 'parked', { stage: 'route', error: 'TransientError' }],
    ['10', 'redriven', { from: 'parked' }],
    [...prepared],
    ['11', 'quarantined', { stage: 'route', error: 'InputError' }],
    ['12', 'redriven', { from: 'quarantined' }],
    [...prepared],
    ['13', 'gated', { verdict: 'act' }],
    ['14', 'parked', { stage: 'act' }],
  );
  const { arm, all } = figures({ timeline });
  expect(arm?.['abc candidate']?.n).toEqual({ judged: 1, parked: 1 });
  expect(counts(all?.all)).toMatchObject({ parked: 3, quarantined: 1 });
});

it('an error counts by class at the stage that failed, and again when it happens again', () => {
  const parked = { stage: 'route', error: 'TransientError', reason: 'no words of this are counted' };
  const timeline = told(
    [...RECEIVED],
    ['01', 'processing'],
    ['02', 'parked', parked],
    ['10', 'redriven', { from: 'parked' }],
    ['11', 'processing'],
    ['12', 'parked', parked],
    ['13', 'redriven', { from: 'parked' }],
    ['14', 'parked'],
  );
  const sum = figures({ timeline });
  expect(counts(sum.all?.all)).toEqual({ received: 1, parked: 3, TransientError: 2, UnknownError: 1 });
  expect(sum.stage?.route?.n).toEqual({ TransientError: 2 });
  expect(JSON.stringify(sum)).not.toContain('words');
});

it('what waits for an endpoint, a budget or its turn is no time of a stage', () => {
  const timeline = told([...RECEIVED], ['01', 'processing'], ['01', 'waiting'], ['50', 'prepared']);
  expect(Object.keys(figures({ timeline }).stage ?? {})).toEqual(['intake']);
  expect(
    figures({ timeline: told([...RECEIVED], ['00', 'deferred'], ['50', 'processing']) }).stage,
  ).toBeUndefined();
});

it('a call counts for its model and its prompt, and a question to a source for neither', () => {
  const call = (over: Partial<LineageEntry>): LineageEntry => ({
    ...{
      at: `${DAY}04:00.000Z`,
      step: 'route',
      model: 'small-1',
      endpoint: 'house',
      promptVersion: 'route.v2',
    },
    ...{ promptHash: 'x', route: 'tier', cached: false, costUsd: 0.001, inputTokens: 1, cachedTokens: 0 },
    ...{ outputTokens: 1, price: 'p', milliseconds: 800, ...over },
  });
  const lineage = [
    call({}),
    call({ cached: true, costUsd: 0, milliseconds: 0 }),
    call({ failure: 'timeout', promptVersion: 'route.v3', costUsd: 0 }),
    call({ model: 'none', promptVersion: 'none', source: 'orders', costUsd: 0 }),
  ];
  const sum = figures({ timeline: ALONE, lineage });
  expect(sum.all?.all?.n).toMatchObject({ calls: 3, cached: 1, failed: 1, nanoUsd: 1_000_000 });
  expect(sum.model).toEqual({
    'small-1': { n: { calls: 3, cached: 1, failed: 1, nanoUsd: 1_000_000 }, t: expect.anything() },
  });
  // A prompt whose call failed is not what the judgement stands on.
  expect(sum.promptVersion?.['route.v2']?.n).toMatchObject({ judged: 1, done: 1, calls: 2 });
  expect(sum.promptVersion?.['route.v3']?.n).toEqual({ calls: 1, failed: 1, nanoUsd: 0 });
  expect(sum.label?.billing?.n.nanoUsd).toBe(1_000_000);
});

it('a promise counts in the hour in which it came due, when somebody has looked', () => {
  const before = itemRow({ promised: { dueAt: '2026-12-02T10:00:00.000Z' } });
  const now = { ...before, promised: { dueAt: '2026-12-02T10:00:00.000Z', met: true } };
  expect(factsOf(now, before)).toEqual([
    { at: '2026-12-02T10:00:00.000Z', of: [['all', 'all']], n: { promised: 1, met: 1 } },
  ]);
  expect(factsOf(now, now)).toEqual([]);
});

it('what an operator opens again, or has taken back, was no success', () => {
  const timeline = [
    ...ALONE,
    ...told(['20', 'compensation_asked', { child: 'x' }], ['30', 'redriven', { from: 'done' }]),
  ];
  expect(figures({ timeline }).all?.all?.n).toMatchObject({ done: 1, reversed: 1, reopened: 1 });
  // The item that takes it back tells of it, too.
  const child = told([...RECEIVED], ['00', 'compensation_asked', { parent: 'x' }]);
  expect(counts(figures({ timeline: child }).all?.all)).toEqual({ received: 1 });
});

it('erasure and the end of its time change nothing that was counted', () => {
  const row = itemRow({ timeline: ALONE });
  const erased = { ...row, timeline: [...ALONE, ...told(['59', 'erased'])] };
  expect(factsOf(erased, row)).toEqual([]);
  expect(recount([erased])).toEqual(recount([row]));
});
