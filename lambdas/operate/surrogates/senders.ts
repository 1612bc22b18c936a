import type { Example } from './example.ts';

/*
 * Nobody alone decides what is learned: of one sender, and of one text, only so much counts, the newest first. It holds for what teaches and
 * for what calibrates, so that nobody opens a label with many copies of what is easy either.
 */

/** Of one sender, where there are enough of them to tell one from many. */
const MOST_SHARE = 0.1;
const LEAST_SENDERS = 4;
/** So many of a sender count always. */
const ALWAYS = 20;
/** The same words again and again are one thing that was said. */
const MOST_ALIKE = 5;
const ROUNDS = 20;

export function capped(examples: readonly Example[]): Example[] {
  const most = mostOf([...Map.groupBy(examples, ({ from }) => from).values()].map(({ length }) => length));
  const of = new Map<string, number>();
  const alike = new Map<string, number>();
  const within = (counts: Map<string, number>, key: string, bound: number): boolean => {
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    return before < bound;
  };
  const newest = [...examples].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const kept = newest.filter(
    // What a person said is no sender's.
    (it) => it.byPerson || (within(alike, it.signs.words.join(' '), MOST_ALIKE) && within(of, it.from, most)),
  );
  return kept.reverse();
}

/** A share of what is left once it holds for all: of all that came, a flood would be measured by itself. */
function mostOf(senders: readonly number[]): number {
  if (senders.length < LEAST_SENDERS) return Number.POSITIVE_INFINITY;
  const share = Math.max(MOST_SHARE, 1 / senders.length);
  let most = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const left = senders.reduce((sum, n) => sum + Math.min(n, most), 0);
    most = Math.max(ALWAYS, Math.floor(left * share));
  }
  return most;
}
