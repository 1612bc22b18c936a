import type { ItemRow, TimelineEvent } from '../lambdas/contract/item/row.ts';
import type { Arm, Release } from '../lambdas/contract/steps/release.ts';
import { versionsIn } from '../lambdas/process/versions/versions.ts';
import { factsOf } from '../lambdas/record/outcomes/facts.ts';
import { armName, type Fact, type Tally, withFacts } from '../lambdas/tables/statistics/figures.ts';
import { type Next, seeded } from '../local/load/random.ts';

/* Items as they come, five a minute, served by a stable prompt or by its candidate; people decide about an hour later. */

/** What serving an item comes to: shares, and the middles of cost (US$) and time (ms). */
export interface Ways {
  failed: number;
  asked: number;
  overridden: number;
  refused: number;
  usd: number;
  ms: number;
}

export const STABLE: Ways = {
  failed: 0.01,
  asked: 0.25,
  overridden: 0.1,
  refused: 0.05,
  usd: 0.002,
  ms: 3000,
};

export interface Scenario {
  name: string;
  stable: Ways;
  candidate: Ways;
}

const worse = (name: string, change: Partial<Ways>): Scenario => ({
  ...{ name, stable: STABLE, candidate: { ...STABLE, ...change } },
});
const better = (name: string, stable: Partial<Ways>): Scenario => ({
  ...{ name, stable: { ...STABLE, ...stable }, candidate: STABLE },
});

export const WORSE: readonly Scenario[] = [
  worse('could not be judged: 1 → 15 %', { failed: 0.15 }),
  worse('people are asked: 25 → 60 %', { asked: 0.6 }),
  worse('people override: 10 → 60 %', { overridden: 0.6 }),
  worse('costs twice as much', { usd: 0.004 }),
  worse('takes twice as long', { ms: 6000 }),
  worse('a little of each: 5 % fail, 40 % asked, 25 % overridden, a third dearer and slower', {
    ...{ failed: 0.05, asked: 0.4, overridden: 0.25, usd: 0.00266, ms: 4000 },
  }),
];

export const BETTER: readonly Scenario[] = [
  better('could not be judged: 12 → 1 %', { failed: 0.12 }),
  better('people override: 45 → 10 %', { overridden: 0.45 }),
  better('costs half', { usd: 0.004 }),
];

export const EQUAL: Scenario = { name: 'the same', stable: STABLE, candidate: STABLE };

const RELEASE: Omit<Release, 'id' | 'share'> = {
  ...{ step: 'route', mode: 'canary', stable: { prompt: 'route.v1' }, candidate: { prompt: 'route.v2' } },
  ...{ declared: 'route.v1', by: 'ops', at: '2026-12-01T00:00:00.000Z', reason: 'bench' },
};
const AUTOMATION = { name: 'bench', prompts: { route: 'route.v1' } };
const TEXTS = { 'route.v1': '', 'route.v2': '' };
const START = Date.parse(RELEASE.at);
const MINUTE_MS = 60_000;
const A_MINUTE = 5;

/** Both sides as the statistics hold them, after each minute. */
export function* minutesOf(
  { stable, candidate }: Scenario,
  run: number,
  share: number,
): Generator<Record<Arm, Tally>> {
  const next = seeded(run);
  const release: Release = { ...RELEASE, id: `r${run}`, share };
  const releases = { id: 'x', version: 1, running: release };
  const waiting: Fact[] = [];
  let figures = {};
  for (let minute = 0; ; minute += 1) {
    const now = START + minute * MINUTE_MS;
    for (let item = 0; item < A_MINUTE; item += 1) {
      const row = itemRow(`${run}-${minute}-${item}`, now);
      const { part } = versionsIn(row, {}, AUTOMATION, { releases, texts: TEXTS });
      const arm = part?.arm ?? 'stable';
      const ways = arm === 'stable' ? stable : candidate;
      const facts = factsOf(served(row, now, ways, { release: release.id, arm }, next));
      waiting.push(...facts.filter(({ of }) => of.some(([dimension]) => dimension === 'arm')));
    }
    const told = waiting.filter(({ at }) => Date.parse(at) <= now);
    waiting.splice(0, waiting.length, ...waiting.filter(({ at }) => Date.parse(at) > now));
    // Of the other dimensions nothing is asked here.
    const ofArm = told.map((fact) => ({ ...fact, of: fact.of.filter(([dimension]) => dimension === 'arm') }));
    figures = withFacts(figures, ofArm);
    const { arm: arms = {} } = figures as { arm?: Record<string, Tally> };
    const nothing: Tally = { n: {} };
    yield {
      stable: arms[armName(release.id, 'stable')] ?? nothing,
      candidate: arms[armName(release.id, 'candidate')] ?? nothing,
    };
  }
}

function itemRow(id: string, now: number): ItemRow {
  const at = new Date(now).toISOString();
  return {
    ...{ id, automation: 'bench', client: 'bench', status: 'done', generation: 1, priority: 'normal' },
    ...{ receivedAt: at, order: at, updatedAt: at, expiresAt: 0, bodyKey: 'x', timeline: [], lineage: [] },
  } as ItemRow;
}

function served(row: ItemRow, now: number, ways: Ways, part: object, next: Next): ItemRow {
  const ms = ways.ms * spread(next);
  const usd = ways.usd * spread(next);
  const at = (later: number) => new Date(now + later).toISOString();
  const event = (later: number, name: string, facts: object = {}): TimelineEvent => ({
    ...{ at: at(later), event: name },
    ...facts,
  });
  const begun = [event(-ms - 1000, 'received'), event(-ms, 'processing'), event(-ms + 1, 'prepared', part)];
  if (next() < ways.failed)
    return { ...row, timeline: [...begun, event(0, 'parked', { error: 'SystemError', stage: 'route' })] };
  const way = next();
  const verdict = way < ways.refused ? 'refuse' : way < ways.refused + ways.asked ? 'ask' : 'act';
  const judged = [...begun, event(0, 'gated', { verdict, confidence: 0.9 })];
  const call = {
    at: at(-ms / 2),
    step: 'route',
    promptVersion: 'route.v2',
    model: 'm',
    endpoint: 'e',
    costUsd: usd,
  };
  const lineage = [{ ...call, cached: false, milliseconds: ms }] as ItemRow['lineage'];
  if (verdict !== 'ask') return { ...row, lineage, timeline: judged } as ItemRow;
  const decided = 60 * MINUTE_MS * spread(next);
  const decision = next() < ways.overridden ? 'reject' : 'approve';
  return {
    ...row,
    lineage,
    timeline: [...judged, event(1, 'waiting_approval'), event(decided, 'decided', { decision })],
  } as ItemRow;
}

/** Around 1, in the middle; log-normal with a deviation of a half. */
function spread(next: Next): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.exp(normal / 2);
}
