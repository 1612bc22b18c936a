import { pause } from './send.ts';
import { restedAt, type Story } from './story.ts';
import type { Target } from './target.ts';

/* The sandbox's models and destinations down together, and how long what had come meanwhile took. */

export interface Outage {
  fromMs: number;
  toMs: number;
}

/** @returns when it was, in milliseconds since 1970 */
export async function outage(
  { sandboxModelUrl, destinations }: NonNullable<Target['sandbox']>,
  seconds: number,
  signal: AbortSignal,
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
  return { fromMs, toMs: Date.now() };
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
  leastSeconds: number;
  times: number;
}

const WINDOW_SECONDS = 10;

/** Undefined where nothing was under way. */
export function drainOf(stories: readonly Story[], { toMs }: Outage): Drain | undefined {
  const lives = stories.map((story) => ({
    from: Date.parse(story.receivedAt),
    // What never rests is no part of a backlog that was worked off: it is told as lost.
    to: Date.parse(restedAt(story) ?? story.receivedAt),
  }));
  const backlog = lives.filter(({ from, to }) => from <= toMs && to > toMs);
  if (backlog.length === 0) return undefined;
  const end = Math.max(...backlog.map(({ to }) => to));
  const rested = lives.filter(({ to }) => to > toMs && to <= end).length;
  const bestRate = bestRateOf(lives.map(({ to }) => to));
  const [seconds, leastSeconds] = [(end - toMs) / 1000, rested / bestRate];
  const figures = { seconds, rested, bestRate, windowSeconds: WINDOW_SECONDS, leastSeconds };
  return { backlog: backlog.length, ...figures, times: seconds / leastSeconds };
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
