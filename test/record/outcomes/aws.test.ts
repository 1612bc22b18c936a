import { describe, expect, it } from 'vitest';
import { KNOWN_AT, PRICES, type Unit } from '../../../bench/prices.ts';
import type { ItemRow, LineageEntry, TimelineEvent } from '../../../lambdas/contract/item/row.ts';
import { awsOfCall, awsOfEvent } from '../../../lambdas/record/outcomes/aws.ts';
import { AWS_PRICES, COUNTED, MEMORY_MB } from '../../../lambdas/record/outcomes/aws-costs.ts';
import { factsOf, recount } from '../../../lambdas/record/outcomes/facts.ts';
import { sumOf, withFacts } from '../../../lambdas/tables/statistics/figures.ts';
import { READING, THINKING } from '../../../lib/parts/handler.ts';
import { itemRow, lineageEntry } from '../../support/fixtures.ts';

const at = (second: number) => new Date(Date.parse('2026-12-01T08:00:00.000Z') + second * 1000).toISOString();
const told = (...events: [event: string, facts?: Record<string, unknown>][]): TimelineEvent[] =>
  events.map(([event, facts], second) => ({ at: at(second), event, ...facts }));
const THOUGHT = [['processing'], ['prepared'], ['routed'], ['evaluated']] as [string][];
const alone = (...more: [string, Record<string, unknown>?][]) =>
  told(['received'], ...THOUGHT, ['gated', { verdict: 'act' }], ...more);

function aws(timeline: readonly TimelineEvent[], lineage: readonly LineageEntry[] = []): number {
  const row = itemRow({ timeline: [...timeline], lineage: [...lineage] });
  return withFacts({}, factsOf(row)).all?.all?.n.awsNanoUsd ?? 0;
}
const ACTED: [string, Record<string, unknown>?][] = [['acting'], ['acted'], ['done']];
const call = (over: Partial<LineageEntry>) => lineageEntry({ at: at(1), milliseconds: 0, ...over });

describe('what AWS takes for an item', () => {
  it('is at the list prices that the bench counts with, for functions as they are deployed', () => {
    expect(AWS_PRICES.knownAt).toBe(KNOWN_AT);
    for (const [unit, usd] of Object.entries(AWS_PRICES.usd)) expect(usd, unit).toBe(PRICES[unit as Unit]);
    expect(MEMORY_MB).toEqual({ thinking: THINKING, reading: READING });
  });

  it('is more for what is more: an action, a mail of it, a document with pages, a generation', () => {
    const one = aws(alone(...ACTED));
    expect(aws(alone(['acting'], ['acted'], ...ACTED))).toBeGreaterThan(one + COUNTED.acting);
    const mail: [string, Record<string, unknown>?][] = [
      ['acting', { connector: 'email' }],
      ['acted'],
      ['done'],
    ];
    expect(aws(alone(...mail)) - one).toBe(100_000);
    expect(aws([...alone(...ACTED), ...told(['redriven'], ['processing'])])).toBeGreaterThan(one);
    const read = (pages: number) => aws(told(['received'], ['reading'], ['read', { pages }]));
    expect(read(10) - read(0)).toBe(50_000);
    // What a caller is told early lies in the bucket, and is a write of its own.
    expect(aws(alone(['early'])) - aws(alone())).toBeGreaterThan(5_000);
  });

  it('has a transition of the run and a mail to each person in what waits for people, and one more in what they do not approve', () => {
    const asked = (mails: number, ...more: [string, Record<string, unknown>?][]) =>
      aws(told(['received'], ['gated', { verdict: 'ask' }], ['waiting_approval', { mails }], ...more));
    expect(asked(3) - asked(1)).toBe(200_000);
    expect(asked(0)).toBeGreaterThan(25_000);
    const decided = (decision: string) => asked(1, ['decided', { decision }]);
    for (const decision of ['reject', 'again']) expect(decided(decision) - decided('approve')).toBe(25_000);
    expect(asked(1, ['expired']) - asked(1, ['withdrawn'])).toBe(25_000);
    // An event of an earlier version tells no number.
    expect(aws(told(['received'], ['gated', { verdict: 'ask' }], ['waiting_approval']))).toBe(asked(0));
  });

  it('has the time of each call, at the price of the function that waits', () => {
    const waited = awsOfCall(call({ milliseconds: 2000 })) - awsOfCall(call({}));
    expect(waited).toBe(Math.round(2 * (THINKING / 1024) * PRICES['Lambda GB-second (arm64)'] * 1e9));
    expect(awsOfCall(call({ source: 'orders' }))).toBe(COUNTED.source);
    expect(aws(alone(), [call({ milliseconds: 2000 })]) - aws(alone())).toBeGreaterThanOrEqual(
      COUNTED.model + waited,
    );
  });

  it('grows with the row that each event writes', () => {
    const calls = Array.from({ length: 20 }, () => call({}));
    const row = (lineage: LineageEntry[]): ItemRow => itemRow({ timeline: alone(...ACTED), lineage });
    expect(awsOfEvent(row(calls), 6)).toBeGreaterThan(awsOfEvent(row([]), 6));
    expect(awsOfEvent(row([]), 99)).toBe(0);
  });

  it('is the same write by write as in a recount, and stands under no label', () => {
    const timeline = alone(...ACTED);
    const lineage = [call({}), call({ source: 'orders', at: at(2) })];
    const writes = [1, 2, 6, 7, 9].map((events) =>
      itemRow({ timeline: timeline.slice(0, events), lineage: events < 6 ? [] : lineage }),
    );
    const facts = writes.flatMap((row, index) => factsOf(row, writes[index - 1]));
    const figures = withFacts({}, facts);
    expect(figures.all?.all?.n.awsNanoUsd).toBe(aws(timeline, lineage));
    expect(figures).toEqual(sumOf(recount([itemRow({ timeline, lineage })]).values()));
    expect(JSON.stringify({ ...figures, all: {} })).not.toContain('awsNanoUsd');
  });
});
