import { pause } from './send.ts';
import { askedAt, restedAt, type Story } from './story.ts';
import type { Target } from './target.ts';

/* The sandbox's models and destinations down together, and how long what had come meanwhile took. */

export interface Outage {
  fromMs: number;
  toMs: number;
  /** When breakers closed that were open or untried when it was over, each seen half a second later at most; and how many were. */
  closings?: { breakers: number; atMs: readonly number[] };
}

/** Where the breakers are told of. @returns undefined where nobody tells */
export type LookAtBreakers = () => Promise<
  readonly { kind: string; name: string; state: string }[] | undefined
>;

const LOOK_MS = 500;

/** @returns when it was, in milliseconds since 1970 */
export async function outage(
  { sandboxModelUrl, destinations }: NonNullable<Target['sandbox']>,
  seconds: number,
  signal: AbortSignal,
  /** Until all rests: a breaker that nobody calls stays as it is. */
  looking: { look: LookAtBreakers; until: AbortSignal },
): Promise<Outage> {
  const all = [sandboxModelUrl, `${sandboxModelUrl}-b`, ...Object.values(destinations)];
  const set = (fault: object) =>
    Promise.all(
      all.map((url) =>
        fetch(`${url}/faults`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(fault),
        }).catch(() => undefined),
      ),
    );
  const fromMs = Date.now();
  // It ends by itself where this process does.
  await set({ mode: 'down', seconds: seconds + 5 });
  await pause(fromMs + seconds * 1000 - Date.now(), signal);
  await set({ mode: 'ok' });
  const toMs = Date.now();
  const closings = await closingsUntil(looking);
  return { fromMs, toMs, ...(closings ? { closings } : {}) };
}

async function closingsUntil({
  look,
  until,
}: {
  look: LookAtBreakers;
  until: AbortSignal;
}): Promise<Outage['closings']> {
  const open = async () => (await look())?.filter(({ state }) => state !== 'closed').length;
  const breakers = await open();
  if (breakers === undefined) return undefined;
  const atMs: number[] = [];
  for (let left = breakers; left > 0 && !until.aborted; ) {
    await pause(LOOK_MS, until);
    const now = (await open()) ?? left;
    if (now < left) atMs.push(Date.now());
    left = now;
  }
  return { breakers, atMs };
}

export interface Drain {
  /** Under way when it was over. */
  backlog: number;
  /** From then until the last of them rested, and what all rested in that time. */
  seconds: number;
  rested: number;
  /** Items a second: the most at which items came to rest, over `windowSeconds`, in the whole run. */
  bestRate: number;
  windowSeconds: number;
  /** At that rate, or as long as the endpoint that they asked takes for so many calls by its limit, whichever is longer. */
  leastSeconds: number;
  paced?: Paced | undefined;
  times: number;
  /** The same from the moment on in which the last breaker had closed. */
  afterClosed?: {
    probeSeconds: number;
    seconds: number;
    rested: number;
    leastSeconds: number;
    paced?: Paced | undefined;
    times: number;
  };
}

/** Where a limit makes it longer than the machine does. */
export interface Paced {
  endpoint: string;
  calls: number;
  perMinute: number;
}

const WINDOW_SECONDS = 10;

/** Undefined where nothing was under way. */
export function drainOf(
  stories: readonly Story[],
  { toMs, closings }: Outage,
  /** Requests a minute, by endpoint. */
  limits: ReadonlyMap<string, number> = new Map(),
  /** Items that those made: no part of the backlog, but they ask the same endpoints. */
  made: readonly Story[] = [],
): Drain | undefined {
  const lives = stories.map((story) => ({
    from: Date.parse(story.receivedAt),
    // What never rests is no part of a backlog that was worked off: it is told as lost.
    to: Date.parse(restedAt(story) ?? story.receivedAt),
  }));
  const backlog = lives.filter(({ from, to }) => from <= toMs && to > toMs);
  if (backlog.length === 0) return undefined;
  const end = Math.max(...backlog.map(({ to }) => to));
  const bestRate = bestRateOf(lives.map(({ to }) => to));
  const calls = [...stories, ...made].flatMap(askedAt);
  const since = (fromMs: number) => {
    const rested = lives.filter(({ to }) => to > fromMs && to <= end).length;
    const pace = slowestOf(calls, limits, { fromMs, toMs: end });
    const [seconds, byRate] = [(end - fromMs) / 1000, rested / bestRate];
    const paced = pace && secondsOf(pace) > byRate ? pace : undefined;
    const leastSeconds = paced ? secondsOf(paced) : byRate;
    return { seconds, rested, leastSeconds, paced, times: seconds / leastSeconds };
  };
  // One that closes later was waited for by none of them.
  const closedMs = closings?.atMs.findLast((at) => at < end);
  const probeSeconds = closedMs === undefined ? undefined : (closedMs - toMs) / 1000;
  return {
    ...{ backlog: backlog.length, bestRate, windowSeconds: WINDOW_SECONDS },
    ...since(toMs),
    ...(probeSeconds === undefined
      ? {}
      : { afterClosed: { probeSeconds, ...since(toMs + probeSeconds * 1000) } }),
  };
}

const secondsOf = ({ calls, perMinute }: Paced): number => (60 * calls) / perMinute;

/** The endpoint whose limit made for the longest time, of the calls that it answered meanwhile. */
function slowestOf(
  calls: readonly { endpoint: string; atMs: number }[],
  limits: ReadonlyMap<string, number>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Paced | undefined {
  const meanwhile = calls.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
  const all = [...limits].map(([endpoint, perMinute]) => ({
    ...{ endpoint, perMinute },
    calls: meanwhile.filter((call) => call.endpoint === endpoint).length,
  }));
  return all.sort((a, b) => secondsOf(b) - secondsOf(a))[0];
}

/** Items a second over the window in which the most came to rest. */
export function bestRateOf(times: readonly number[], windowSeconds = WINDOW_SECONDS): number {
  const sorted = times.toSorted((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= windowSeconds * 1000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most / windowSeconds;
}
