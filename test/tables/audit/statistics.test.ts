import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../lambdas/tables/audit/audit.ts';
import { statistics } from '../../../lambdas/tables/audit/statistics.ts';
import { ASKED_AT, FACTS, later, record } from '../../support/audit.ts';

const NOW = Date.parse(ASKED_AT) + 3_600_000;

function of(
  entries: readonly AuditEntry[],
  open: { createdAt: string; attentionCheck?: { why: string } }[] = [],
) {
  return statistics({ open, entries, now: NOW, fastSeconds: 5, attentionUsdPerHour: 60 });
}

type Given = Parameters<typeof record>[1];
type Event = Parameters<typeof record>[0][number];

let count = 0;
/** One question with a decision that stands. */
function decided(
  decision: 'approve' | 'reject' | 'again',
  more: Partial<Event> = {},
  given: Given = {},
): AuditEntry[] {
  count += 1;
  const opened = { openedAt: later(60) };
  const said = { approve: 'approved', reject: 'rejected', again: 'sent_back' } as const;
  return record(
    [
      { event: 'asked', after: 0 },
      { event: said[decision], after: 100, ...opened, ...more },
      { event: 'decided', after: 100, decision, activeSeconds: 40, ...opened, ...more },
    ],
    { id: `q${count}`, ...given },
  );
}

const EDITS = [{ field: 'amount', from: '24.90', to: '20.00' }];

describe('statistics of an empty desk', () => {
  it('are null where nothing was measured, and never a share of nothing', () => {
    const nothing = { p50: null, p95: null };
    expect(of([])).toEqual({
      ...{ open: 0, oldestSeconds: null, decided: 0, shareFast: null, fastSeconds: 5, byAutomation: [] },
      ...{ ageSeconds: nothing, timeToOpenSeconds: nothing, timeToDecideSeconds: nothing },
      ...{ activeSeconds: nothing, attentionChecks: { shown: 0, caught: 0, missed: 0 } },
      ...{ arrivals: 0, agreement: null, attention: { seconds: 0, costUsd: 0 }, byGroup: [] },
    });
  });

  it('have no rates where everything expired', () => {
    const [line] = of(record([{ event: 'expired', after: 9 }])).byAutomation;
    expect(line).toMatchObject({
      ...{ decided: 0, expired: 1, approveRate: null, editRate: null, overrideRate: null },
    });
  });
});

describe('time', () => {
  it('of what is open is counted from the asking', () => {
    const open = [10, 20, 3600].map((seconds) => ({
      createdAt: new Date(NOW - seconds * 1000).toISOString(),
    }));
    expect(of([], open)).toMatchObject({
      ...{ open: 3, oldestSeconds: 3600, ageSeconds: { p50: 20, p95: 3600 } },
    });
  });

  it('of a clock that is behind is zero, not negative', () => {
    expect(of([], [{ createdAt: new Date(NOW + 500).toISOString() }]).oldestSeconds).toBe(0);
  });

  it('to open is until the first page that somebody did something on, once for each question', () => {
    const entries = record([
      { event: 'claimed', after: 35, openedAt: later(30) },
      { event: 'approved', after: 90, openedAt: later(80) },
      { event: 'decided', after: 95, decision: 'approve', openedAt: later(80) },
    ]);
    expect(of(entries).timeToOpenSeconds).toEqual({ p50: 30, p95: 30 });
  });

  it('to decide, and on the page, is of the decision that stands and not of the votes and acts before it', () => {
    const entries = record([
      { event: 'approved', after: 50, activeSeconds: 7 },
      { event: 'decided', after: 50, decision: 'approve', activeSeconds: 7 },
      { event: 'undone', after: 60, activeSeconds: 1 },
      { event: 'rejected', after: 200, activeSeconds: 30 },
      { event: 'decided', after: 200, decision: 'reject', activeSeconds: 30 },
    ]);
    expect(of(entries)).toMatchObject({
      ...{ decided: 1, timeToDecideSeconds: { p50: 200, p95: 200 }, activeSeconds: { p50: 30, p95: 30 } },
    });
  });

  it('of an expiry is none', () => {
    expect(of(record([{ event: 'expired', after: 9 }])).timeToDecideSeconds.p50).toBeNull();
  });
});

it("people's time is that of all who had a say, in money, and by group and never by person", () => {
  const asked = (id: string, to: string) => record([{ event: 'asked', after: 0, to }], { id });
  const entries = [
    ...asked('one', 'leads'),
    ...asked('two', 'bosses'),
    ...asked('three', 'bosses'),
    ...record(
      [
        { event: 'approved', after: 50, activeSeconds: 100, by: 'ann@example.com' },
        { event: 'approved', after: 60, activeSeconds: 20, by: 'bob@example.com' },
        { event: 'decided', after: 60, decision: 'approve', activeSeconds: 20, by: 'bob@example.com' },
      ],
      { id: 'one' },
    ),
    ...record(
      [
        { event: 'rejected', after: 90, activeSeconds: 3 },
        { event: 'decided', after: 90, decision: 'reject', activeSeconds: 3 },
      ],
      { id: 'two' },
    ),
    // Asked before: counted in all, and in no group.
    ...record([{ event: 'decided', after: 95, decision: 'approve', activeSeconds: 7 }], { id: 'old' }),
  ];
  const told = of(entries);
  expect(told).toMatchObject({
    ...{ arrivals: 3, decided: 3, agreement: 0.6667 },
    attention: { seconds: 123, costUsd: 2.05 },
  });
  expect(told.byGroup).toMatchObject([
    { group: 'bosses', arrivals: 2, decided: 1, agreement: 0, shareFast: 1, attention: { seconds: 3 } },
    { group: 'leads', arrivals: 1, decided: 1, agreement: 1, shareFast: 0, attention: { costUsd: 2 } },
  ]);
  expect(JSON.stringify(told)).not.toContain('@example.com');
});

describe('a percentile', () => {
  const active = (values: readonly number[]) =>
    of(values.flatMap((activeSeconds) => decided('approve', { activeSeconds }))).activeSeconds;

  it.each([
    [[7], { p50: 7, p95: 7 }],
    [[2, 1], { p50: 1, p95: 2 }],
    [[3, 1, 2], { p50: 2, p95: 3 }],
    [Array.from({ length: 20 }, (_, at) => 20 - at), { p50: 10, p95: 19 }],
    [Array.from({ length: 21 }, (_, at) => at + 1), { p50: 11, p95: 20 }],
    [Array.from({ length: 100 }, (_, at) => at + 1), { p50: 50, p95: 95 }],
  ])('of $0 is by nearest rank', (values, expected) => {
    expect(active(values)).toEqual(expected);
  });

  it('is a value that was measured, with its share of them at or below it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 80 }), (values) => {
        const { p50, p95 } = active(values);
        for (const [percent, value] of [
          [50, p50],
          [95, p95],
        ] as const) {
          const below = values.filter((one) => one < (value ?? 0)).length;
          const upTo = values.filter((one) => one <= (value ?? 0)).length;
          expect(values).toContain(value);
          expect(upTo * 100).toBeGreaterThanOrEqual(percent * values.length);
          expect(below * 100).toBeLessThan(percent * values.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the share of fast decisions', () => {
  it('is of those whose time is known, and the limit itself is not fast', () => {
    const seconds = [1, 4.9, 5, 60].flatMap((activeSeconds) => decided('approve', { activeSeconds }));
    const unknown = record([{ event: 'decided', after: 9, decision: 'approve' }], { id: 'by-slack' });

    expect(of([...seconds, ...unknown])).toMatchObject({ decided: 5, shareFast: 0.5 });
    expect(of(unknown).shareFast).toBeNull();
  });
});

describe('decisions by automation', () => {
  it('are told apart by what was done, and the rates leave out what was sent back or expired', () => {
    const [line, ...rest] = of([
      ...decided('approve'),
      ...decided('approve', { edits: [] }),
      ...decided('approve', { edits: EDITS }),
      ...decided('reject'),
      ...decided('reject', { edits: EDITS }),
      ...decided('again'),
      ...record([{ event: 'expired', after: 9 }], { id: 'late' }),
    ]).byAutomation;

    expect(rest).toEqual([]);
    expect(line).toEqual({
      ...{ automation: 'demo', promptVersions: 'route.v1, reply.v2', policyVersion: 'p1', decided: 6 },
      ...{ approved: 2, edited: 1, rejected: 2, sentBack: 1, expired: 1, undone: 0 },
      ...{ approveRate: 0.4, editRate: 0.2, overrideRate: 0.6 },
    });
  });

  it('do not count what was taken back, but count that it was', () => {
    const { decided: all, byAutomation } = of(
      record([
        { event: 'approved', after: 5 },
        { event: 'decided', after: 5, decision: 'approve' },
        { event: 'undone', after: 9 },
      ]),
    );

    expect(all).toBe(0);
    expect(byAutomation).toMatchObject([{ decided: 0, approved: 0, undone: 1, approveRate: null }]);
  });

  it('are apart for each automation and for other prompts, in the order of their names', () => {
    const newer = { ...FACTS, promptVersions: ['route.v1', 'reply.v3'] };
    const { byAutomation } = of([
      ...decided('approve', {}, { automation: 'zoo' }),
      ...decided('reject', {}, { facts: newer }),
      ...decided('approve'),
    ]);

    expect(byAutomation.map(({ automation, promptVersions }) => [automation, promptVersions])).toEqual([
      ['demo', 'route.v1, reply.v2'],
      ['demo', 'route.v1, reply.v3'],
      ['zoo', 'route.v1, reply.v2'],
    ]);
  });

  it('name a policy only where all were made under it', () => {
    const { byAutomation } = of([
      ...decided('approve'),
      ...decided('approve', {}, { facts: { ...FACTS, policyVersion: 'p2' } }),
    ]);

    expect(byAutomation).toHaveLength(1);
    expect(byAutomation[0]).not.toHaveProperty('policyVersion');
  });

  it('say nothing of who decided', () => {
    expect(JSON.stringify(of(decided('approve', { by: 'ann@example.com' })))).not.toContain('ann');
  });
});

describe('known-bad proposals', () => {
  const bad = { attentionCheck: { why: 'the amount is ten times the order' } };

  it('are missed when approved as they are, caught when corrected, rejected or sent back, and neither while open or expired', () => {
    const { attentionChecks } = of([
      ...decided('approve', {}, bad),
      ...decided('approve', { edits: EDITS }, bad),
      ...decided('reject', {}, bad),
      ...decided('again', {}, bad),
      ...record([{ event: 'asked', after: 0 }], { id: 'open', ...bad }),
      ...record([{ event: 'expired', after: 0 }], { id: 'expired', ...bad }),
    ]);

    expect(attentionChecks).toEqual({ shown: 6, caught: 3, missed: 1 });
  });

  it('are in no other figure', () => {
    const with_ = of([...decided('approve', {}, bad)], [{ createdAt: ASKED_AT, ...bad }]);

    expect({ ...with_, attentionChecks: undefined }).toEqual({ ...of([]), attentionChecks: undefined });
  });
});
