import { type Bottleneck, bottleneckOf } from './bottleneck.ts';
import type { Followed } from './follow.ts';
import type { LoadOptions } from './options.ts';
import { bestRateOf, type Drain, drainOf, type Outage } from './outage.ts';
import { percentile } from './posts.ts';
import type { Sent } from './send.ts';
import { type Event, partsOf, restedAt, STEPS, type Step, type Story, stepsOf } from './story.ts';
import type { Known } from './target.ts';

/* What a run came to, of what was measured. */

export interface Run {
  options: Pick<LoadOptions, 'profile' | 'seed' | 'rate' | 'items' | 'patience'>;
  what: string;
  startedAt: number;
  sent: readonly Sent[];
  followed: Followed;
  stories: readonly Story[];
  /** Items that their actions made. */
  made: readonly Story[];
  known: Pick<Known, 'destinations' | 'limits' | 'lanes'>;
  /** Of all cores of this machine; undefined where the work is done elsewhere. */
  cpu: number | undefined;
  outage?: Outage | undefined;
  brokenOff: boolean;
}

/** In milliseconds. */
export interface Spread {
  n: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface LoadReport {
  profile: string;
  seed: number;
  rate: number;
  target: string;
  startedAt: string;
  seconds: number;
  brokenOff: boolean;
  posts: Record<'sent' | 'turnedAway' | 'retries' | 'again' | 'repeated', number>;
  /** Posts that were not accepted, by why. */
  notAccepted: Record<string, number>;
  accepted: number;
  /** By status. */
  ended: Record<string, number>;
  made: Record<'items' | 'atRest', number>;
  lost: string[];
  /** Keys that made a second item when they were posted again. */
  doubled: string[];
  perSecond: Record<'accepted' | 'rested' | 'best', number>;
  stages: Partial<Record<Step, Spread>>;
  /** From acceptance until the first work, by priority. */
  waits: Record<string, Spread>;
  totals: Record<string, Spread>;
  /** Of items that stopped, by class; of calls of models and sources, by kind. */
  errors: Record<string, number>;
  callFailures: Record<string, number>;
  degraded: number;
  costUsd: Record<'all' | 'perItem', number>;
  cpu?: number;
  bottleneck: Omit<Bottleneck, 'part'>;
  outage?: Outage & { drain?: Drain };
}

/** Items whose story is read: of more, evenly so many. */
export const MOST_STORIES = 3000;

export function reportOf(run: Run): LoadReport {
  const { options, sent, followed, stories, cpu, startedAt } = run;
  const accepted = sent.filter(({ id }) => id !== undefined);
  const byId = new Map(accepted.filter(({ post }) => !post.again).map((one) => [one.id, one]));
  const steps = stories.map((story) => stepsOf(story, byId.get(story.id)));
  const lived = stories
    .map((story) => {
      const own = byId.get(story.id);
      return { story, parts: partsOf(story, run.known.destinations, own), due: own?.dueAt ?? 0 };
    })
    .sort((a, b) => a.due - b.due);
  const rests = stories.flatMap((story) => restedAt(story) ?? []).map((at) => Date.parse(at));
  const ends = Math.max(startedAt, ...rests, ...sent.map(({ endedAt }) => endedAt));
  const turnedAway = sum(sent.map((one) => one.turnedAway));
  const all = [...stories, ...run.made];
  const costUsd = sum(all.map(({ costUsd: usd = 0 }) => usd));
  const calls = all.flatMap(({ timeline }) => timeline.filter(({ failure }) => failure !== undefined));
  const { part: _, ...bottleneck } = bottleneckOf({
    ...{ items: lived, posts: sent.length, turnedAway, limits: run.known.limits, cpu },
  });
  const ids = new Set(accepted.map(({ id }) => id));
  const drain = run.outage && drainOf(stories, run.outage, run.known.limits, run.made);
  return {
    ...{ profile: options.profile, seed: options.seed, rate: options.rate, target: run.what },
    startedAt: new Date(startedAt).toISOString(),
    seconds: (ends - startedAt) / 1000,
    brokenOff: run.brokenOff,
    posts: {
      ...{ sent: sent.length, turnedAway, retries: sum(sent.map(({ retries }) => retries)) },
      again: sent.filter(({ post }) => post.again).length,
      repeated: sent.filter(({ duplicate }) => duplicate).length,
    },
    notAccepted: counts(sent.flatMap(({ id, fault }) => (id === undefined ? [fault ?? 'unknown'] : []))),
    accepted: ids.size,
    made: { items: run.made.length, atRest: run.made.filter((one) => restedAt(one) !== undefined).length },
    ended: counts([...followed.statuses.values()].map((status) => status ?? 'never seen')),
    ...{ lost: followed.lost, doubled: doubledIn(accepted) },
    perSecond: {
      accepted: rate(
        ids.size,
        accepted.map(({ endedAt }) => endedAt),
        startedAt,
      ),
      rested: rate(rests.length, rests, startedAt),
      best: bestRateOf(rests),
    },
    stages: stagesOf(steps),
    waits: by(stories, (story, at) => [laneOf(story, run.known.lanes), steps[at]?.queue]),
    totals: by(stories, ({ automation }, at) => [automation, steps[at]?.total]),
    errors: counts(stories.flatMap(({ error }) => (error ? [error.class] : []))),
    callFailures: counts(calls.map(nameOf)),
    degraded: stories.filter(({ degraded }) => degraded && degraded.length > 0).length,
    costUsd: { all: costUsd, perItem: stories.length > 0 ? costUsd / stories.length : 0 },
    ...(cpu === undefined ? {} : { cpu }),
    bottleneck,
    ...(run.outage ? { outage: { ...run.outage, ...(drain ? { drain } : {}) } } : {}),
  };
}

/** Broken off is a word of its own; whoever loses anything fails. */
export function exitCodeOf({ brokenOff, lost, doubled }: LoadReport): number {
  if (brokenOff) return 130;
  return lost.length > 0 || doubled.length > 0 ? 1 : 0;
}

/** One key, one item. */
function doubledIn(accepted: readonly Sent[]): string[] {
  const keys = Map.groupBy(accepted, ({ post }) => post.key);
  return [...keys].filter(([, of]) => new Set(of.map(({ id }) => id)).size > 1).map(([key]) => key);
}

function stagesOf(steps: readonly Partial<Record<Step, number>>[]): LoadReport['stages'] {
  return Object.fromEntries(
    STEPS.map((step) => [step, steps.flatMap((one) => one[step] ?? [])] as const)
      .filter(([, values]) => values.length > 0)
      .map(([step, values]) => [step, spread(values)]),
  );
}

function by(
  stories: readonly Story[],
  value: (story: Story, at: number) => [string, number | undefined],
): Record<string, Spread> {
  const all = stories.map(value).filter((pair): pair is [string, number] => pair[1] !== undefined);
  const groups = [...Map.groupBy(all, ([name]) => name)].sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(groups.map(([name, of]) => [name, spread(of.map(([, ms]) => ms))]));
}

function spread(values: readonly number[]): Spread {
  const at = (share: number) => Math.round(percentile(values, share));
  return { n: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function counts(names: readonly string[]): Record<string, number> {
  const groups = [...Map.groupBy(names, (name) => name)].sort((a, b) => b[1].length - a[1].length);
  return Object.fromEntries(groups.map(([name, of]) => [name, of.length]));
}

function rate(count: number, times: readonly number[], from: number): number {
  const end = times.reduce((latest, time) => Math.max(latest, time), from);
  return end > from ? (1000 * count) / (end - from) : 0;
}

function laneOf({ automation, priority = 'normal' }: Story, lanes: ReadonlySet<string>): string {
  return priority === 'urgent' && lanes.has(automation) ? 'urgent, own queue' : priority;
}

function nameOf({ endpoint, source, failure }: Event): string {
  return `${source === undefined ? `endpoint ${String(endpoint)}` : `source ${String(source)}`}: ${String(failure)}`;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
