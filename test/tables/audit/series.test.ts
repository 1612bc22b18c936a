import { expect, it } from 'vitest';
import type { AuditEntry } from '../../../lambdas/tables/audit/audit.ts';
import { decisionsByWait, ENDS, endsByDay, WAITS } from '../../../lambdas/tables/audit/series.ts';

let made = 0;
const entry = (at: string, fields: Partial<AuditEntry> = {}): AuditEntry => {
  made += 1;
  const approvalId = fields.approvalId ?? `demo_${made}-g1`;
  return {
    ...{
      at,
      event: 'decided',
      decision: 'approve',
      order: `${at}#${approvalId}#0001`,
      month: at.slice(0, 7),
    },
    ...{ approvalId, itemId: 'demo_1', generation: 1, automation: 'demo', askedDigest: 'd', askedAt: at },
    ...{ action: 'pay', label: 'Billing', risk: 'routine', reversible: true, summary: 'Pay', reasons: [] },
    ...{ confidence: null, sources: [], promptVersions: [], models: [], policyVersion: 'p', expiresAt: 1 },
    ...fields,
  };
};

const RANGE = { from: '2026-11-29T10:00:00.000Z', to: '2026-12-01T09:00:00.000Z' };

it('each day has what ended on it, and a day without anything is there too', () => {
  const days = endsByDay(
    [
      entry('2026-11-29T23:59:59.999Z'),
      entry('2026-11-29T12:00:00.000Z', { edits: [{ field: 'amount', from: 1, to: 2 }] }),
      entry('2026-12-01T00:00:00.000Z', { decision: 'reject' }),
      entry('2026-12-01T01:00:00.000Z', { decision: 'again' }),
      entry('2026-12-01T02:00:00.000Z', { event: 'expired' }),
      entry('2026-12-01T03:00:00.000Z', { attentionCheck: true }),
      entry('2026-12-01T03:00:00.000Z', { event: 'asked' }),
    ],
    RANGE,
  );
  expect(days.map(({ day, ...ends }) => [day, ...ENDS.map((end) => ends[end])])).toEqual([
    ['2026-11-29', 1, 1, 0, 0, 0],
    ['2026-11-30', 0, 0, 0, 0, 0],
    ['2026-12-01', 0, 0, 1, 1, 1],
  ]);
});

it('a decision that was undone counts once, as what stands', () => {
  const approvalId = 'demo_x-g1';
  const days = endsByDay(
    [
      entry('2026-11-30T10:00:00.000Z', { approvalId }),
      entry('2026-11-30T10:00:05.000Z', { approvalId, event: 'undone' }),
      entry('2026-11-30T10:01:00.000Z', { approvalId, decision: 'reject' }),
    ],
    RANGE,
  );
  expect(days[1]).toMatchObject({ approved: 0, rejected: 1 });
});

it('a decision is counted by how long it took: a bound belongs to the next', () => {
  const askedAt = '2026-12-01T00:00:00.000Z';
  const after = (seconds: number) =>
    entry(new Date(Date.parse(askedAt) + seconds * 1000).toISOString(), { askedAt });
  const counts = decisionsByWait([0, 59.9, 60, 300, 899, 900, 86_400, 900_000].map(after));
  expect(WAITS.length).toBe(counts.length);
  expect(counts).toEqual([2, 1, 2, 1, 0, 0, 2]);
  // Two clocks may differ by a moment, and an expiry is no decision.
  expect(decisionsByWait([after(-1), { ...after(5), event: 'expired' }])[0]).toBe(1);
});
