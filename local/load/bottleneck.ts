import { percentile } from './posts.ts';
import { type Event, isActWait, type Part, type Parts, type Story, waitedFor } from './story.ts';

/*
 * What held the work up, by what was measured. Waiting that stays the same is how long the work takes; waiting that grows from one item
 * to the next is where more comes in than goes out. The part of an item's life that grew the most is the bottleneck. Where that is a queue,
 * what its workers did meanwhile tells why.
 */

export interface Lived {
  story: Story;
  parts: Parts;
}

export interface Observed {
  /** In the order in which they were due. */
  items: readonly Lived[];
  /** Posts, and how many of them were turned away with 429. */
  posts: number;
  turnedAway: number;
  /** Requests a minute that each endpoint takes, where it is known. */
  limits: ReadonlyMap<string, number>;
  /** Of all cores of this machine; undefined where the work is done elsewhere. */
  cpu: number | undefined;
}

export interface Growth {
  part: Part;
  fromMs: number;
  toMs: number;
}

export interface Bottleneck {
  /** `none` where the source was the limit. */
  part: Part | 'none';
  name: string;
  evidence: string[];
  /** Everything that grew, the most first. */
  grew: Growth[];
}

/** Less is noise. */
const LEAST_GROWTH_MS = 1000;
const LEAST_FACTOR = 1.5;
const SLICES = 8;
const LEAST_IN_SLICE = 5;
/** Of its limit: an endpoint that is asked so often is asked as often as it may be. */
const FULL = 0.9;
const BUSY_CPU = 0.85;
/** Of the items: so many that waited for a neighbour are no accident. */
const MANY = 0.05;
/** Of the time of workers: less is not worth a word. */
const LEAST_SHARE = 0.01;

const NEIGHBOURS = /^(?:endpoint|source|destination) /;

export function bottleneckOf(observed: Observed): Bottleneck {
  const grew = growthOf(observed.items);
  const [most] = grew;
  if (!most) return { part: 'none', name: 'none: the source was the limit', evidence: idle(observed), grew };
  const evidence = [`${most.part}: ${span(most.fromMs)} grew to ${span(most.toMs)}, the mean of an item`];
  const cause = causeOf(most.part, observed, grew);
  return { ...named(cause.part, observed), evidence: [...evidence, ...cause.evidence], grew };
}

/** Parts whose mean rose from one slice of the items to a later one. */
export function growthOf(items: readonly Lived[]): Growth[] {
  const count = Math.max(1, Math.min(SLICES, Math.floor(items.length / LEAST_IN_SLICE)));
  const slices = Array.from({ length: count }, (_, at) =>
    items.slice(Math.floor((at * items.length) / count), Math.floor(((at + 1) * items.length) / count)),
  );
  // A declared wait holds nobody else up.
  const parts = [...new Set(items.flatMap(({ parts }) => [...parts.keys()]))].filter(
    (part) => part !== 'deferred',
  );
  return parts
    .map((part) => riseOf(part, slices))
    .filter(({ fromMs, toMs }) => toMs - fromMs >= LEAST_GROWTH_MS && toMs >= LEAST_FACTOR * fromMs)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
}

function riseOf(part: Part, slices: readonly (readonly Lived[])[]): Growth {
  let best: Growth = { part, fromMs: 0, toMs: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const slice of slices) {
    const mean =
      slice.reduce((sum, { parts }) => sum + (parts.get(part) ?? 0), 0) / Math.max(1, slice.length);
    least = Math.min(least, mean);
    if (mean - least > best.toMs - best.fromMs) best = { part, fromMs: least, toMs: mean };
  }
  return best;
}

interface Cause {
  part: Part;
  evidence: string[];
}

/** Behind a queue: a neighbour that its workers wait for, or the workers. */
function causeOf(part: Part, observed: Observed, grew: readonly Growth[]): Cause {
  const { items } = observed;
  if (part === 'action queue' || part === 'work queue') {
    const acts = part === 'action queue';
    const named = waitsFor(items, acts);
    const [first] = named;
    if (first && first.count >= MANY * items.length)
      return {
        part: first.part,
        evidence: named.map(({ part, count, reason }) => `${count} items waited for ${part} (${reason})`),
      };
    const neighbour = grew.find((one) => NEIGHBOURS.test(one.part) && isActed(one.part) === acts);
    if (neighbour)
      return {
        part: neighbour.part,
        evidence: [
          `meanwhile ${neighbour.part} took ${span(neighbour.fromMs)}, then ${span(neighbour.toMs)}`,
        ],
      };
    const full = acts ? undefined : fullEndpoint(observed);
    if (full) return full;
    return { part, evidence: workersEvidence(observed, acts) };
  }
  if (NEIGHBOURS.test(part)) {
    const own = waitsFor(items, isActed(part)).filter((one) => one.part === part);
    return { part, evidence: own.map(({ count, reason }) => `${count} items waited for it (${reason})`) };
  }
  if (part === 'door')
    return { part, evidence: [`${observed.turnedAway} answers to ${observed.posts} posts were 429`] };
  return { part, evidence: part === 'work' ? workersEvidence(observed, false) : machine(observed) };
}

const isActed = (part: Part) => part.startsWith('destination ');

function waitsFor(items: readonly Lived[], acts: boolean): { part: Part; count: number; reason: string }[] {
  const waits = items.flatMap(({ story: { timeline } }) => {
    const own = timeline.find((event) => event.event === 'waiting' && isActWait(event) === acts);
    const part = own && waitedFor(own);
    return part ? [{ part, reason: whyOf(own) }] : [];
  });
  return [...Map.groupBy(waits, ({ part }) => part)]
    .map(([part, of]) => ({ part, count: of.length, reason: of[0]?.reason ?? '' }))
    .sort((a, b) => b.count - a.count);
}

const whyOf = ({ reason }: Event) => String(reason).split(': ').slice(1).join(': ') || String(reason);

/** The endpoint that was asked as often as it takes. */
function fullEndpoint({ items, limits }: Observed): Cause | undefined {
  for (const [name, limit] of limits) {
    const most = busiestMinute(items, name);
    if (most >= FULL * limit)
      return {
        part: `endpoint ${name}`,
        evidence: [`${most} calls in its busiest minute, of ${limit} that it takes`],
      };
  }
  return undefined;
}

function busiestMinute(items: readonly Lived[], endpoint: string): number {
  const times = items
    .flatMap(({ story }) => story.timeline)
    .filter((event) => event.event === 'model_called' && event.endpoint === endpoint && event.cached !== true)
    .map(({ at }) => Date.parse(at))
    .sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 60_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

/** What the workers of a queue did, and whose queues they are. */
function workersEvidence(observed: Observed, acts: boolean): string[] {
  const { items } = observed;
  const busy = new Map<string, number>();
  for (const { parts } of items)
    for (const [part, ms] of parts)
      if (acts ? isActed(part) : part === 'work' || /^(?:endpoint|source) /.test(part))
        busy.set(part, (busy.get(part) ?? 0) + ms);
  const all = [...busy.values()].reduce((sum, ms) => sum + ms, 0);
  const shares = [...busy]
    .sort((a, b) => b[1] - a[1])
    .filter(([, ms]) => ms >= LEAST_SHARE * all)
    .map(([part, ms]) => `${part === 'work' ? 'our own functions' : part} ${Math.round((100 * ms) / all)} %`);
  const queue = acts ? 'action queue' : 'work queue';
  const waits = [...Map.groupBy(items, ({ story }) => story.automation)]
    .map(([name, own]) => ({
      name,
      ms: percentile(
        own.map(({ parts }) => parts.get(queue) ?? 0),
        0.95,
      ),
    }))
    .sort((a, b) => b.ms - a.ms)
    .filter(({ ms }) => ms >= LEAST_GROWTH_MS);
  return [
    ...(all > 0 ? [`while an item is in work its time is: ${shares.join(', ')}`] : []),
    ...(waits.length > 0
      ? [`P95 of waiting in the ${queue}: ${waits.map(({ name, ms }) => `${name} ${span(ms)}`).join(', ')}`]
      : []),
    ...machine(observed),
  ];
}

function machine({ cpu }: Observed): string[] {
  return cpu === undefined
    ? []
    : [`the cores of this machine were ${Math.round(100 * cpu)} % busy meanwhile`];
}

function idle(observed: Observed): string[] {
  return [
    'no waiting grew from the first items to the last: what was sent was worked off as it came',
    ...machine(observed),
  ];
}

function named(part: Part, { cpu }: Observed): Pick<Bottleneck, 'part' | 'name'> {
  const here = cpu !== undefined && cpu >= BUSY_CPU ? ', on a machine whose cores are all busy' : '';
  const names: Readonly<Record<string, string>> = {
    door: "the door: the client's rate, or work that gives way",
    intake: `intake: posts waited for a connection or an answer${here}`,
    'work queue': `the functions that think (process/process), behind the work queue${here}`,
    reading: `the functions that read documents (read/read)${here}`,
    work: `our own work within process/process${here}`,
    'action queue': `the functions that act (act/act), behind the action queue${here}`,
    asking: `the way to an approver (the run and approve/ask)${here}`,
    budget: 'the budget of the day',
  };
  return { part, name: names[part] ?? `${part.replace(' ', " '")}'` };
}

export function span(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
