/** Numbers from 0 to 1 that look like chance, the same ones for the same seed. */
export type Next = () => number;

export function seeded(seed: number): Next {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(next: Next, all: readonly T[]): T {
  const one = all[Math.floor(next() * all.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

/** A whole number, both ends included. */
export const between = (next: Next, least: number, most: number): number =>
  least + Math.floor(next() * (most - least + 1));

/** The day so many days later, `YYYY-MM-DD`. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
