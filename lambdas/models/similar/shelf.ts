import { epochSeconds } from '../../kit/clock.ts';
import { difference, type Judged } from './judge/facts.ts';

/*
 * The questions of one step that a model has answered, as one function knows them. Who asks gets the answer for which most speaks, and
 * how much: the vectors of the nearest questions, each by how near it is, and their words, by how often questions with that answer have
 * them. How much is enough, nobody sets: `learnt.ts`.
 */

/** One question, and what a model said. */
export interface Entry {
  /** Its place in the table, and how many were there before it. */
  id: string;
  nth: number;
  /** The item that it was asked for. */
  item: string;
  /** Who sent it, hashed. */
  sender: string;
  vector: Int8Array;
  signs: Uint32Array;
  judged: Judged;
  /** Canonical JSON: equal answers are equal texts. */
  answer: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export type Question = Pick<Entry, 'vector' | 'signs' | 'judged'>;

export interface Guess {
  answer: string;
  /** From 0 to 1: how much speaks for it. */
  score: number;
  /** Questions with that answer that the judge finds nothing against, the nearest first: one of them gives it. */
  from: readonly Entry[];
  /** Others with that answer, the nearest first: they speak for it. */
  by: readonly Entry[];
}

/** Neighbours that are heard, each of another sender. */
const NEAREST = 16;
/** How fast a neighbour counts less with its distance, and how near somebody unknown would be: so many of them speak against. */
const REACH = 0.05;
const UNKNOWN = { near: 0.6, many: 3 };
/** Who is this much farther than the nearest speaks for nobody: it weighs a twentieth. */
const STILL_NEAR = 3 * REACH;
/** How much the words of an answer's questions have to be ahead of those of the next one, in nats. */
const AHEAD = 5;
/** A word that no question with that answer has yet. */
const UNSEEN = 0.1;
/** More of them are not asked about. */
const MOST_FROM = 3;
const MOST_BY = 3;

interface Words {
  questions: number;
  /** How many of them have this sign. */
  of: Map<number, number>;
}

export class Shelf {
  readonly #entries = new Map<string, Entry & { length: number }>();
  readonly #words = new Map<string, Words>();
  /** How many questions have this root. */
  readonly #roots = new Map<number, number>();
  readonly #most: number;

  /** @param most entries; beyond them the oldest goes */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(entry: Entry): void {
    this.drop(entry.id);
    this.#entries.set(entry.id, { ...entry, length: lengthOf(entry.vector) });
    const words = this.#words.get(entry.answer) ?? { questions: 0, of: new Map() };
    this.#words.set(entry.answer, words);
    words.questions += 1;
    count(words.of, entry.signs, 1);
    count(this.#roots, new Set(entry.judged.roots), 1);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#most && oldest !== undefined) this.drop(oldest);
  }

  drop(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    count(this.#roots, new Set(entry.judged.roots), -1);
    const words = this.#words.get(entry.answer);
    if (!words) return;
    words.questions -= 1;
    if (words.questions === 0) this.#words.delete(entry.answer);
    count(words.of, entry.signs, -1);
  }

  /** What most speaks for. Undefined where vectors and words do not say the same, or the judge lets no question pass. @param now seconds since 1970 */
  guess(question: Question, now = epochSeconds()): Guess | undefined {
    const near = this.#nearest(question.vector, now);
    const weights = new Map<string, number>();
    let all = UNKNOWN.many * Math.exp((UNKNOWN.near - 1) / REACH);
    for (const { entry, cosine } of near) {
      const weight = Math.exp((cosine - 1) / REACH);
      all += weight;
      weights.set(entry.answer, (weights.get(entry.answer) ?? 0) + weight);
    }
    const [best] = [...weights].sort(([, one], [, other]) => other - one);
    if (!best) return undefined;
    const [answer, weight] = best;
    const ahead = this.#ahead(answer, [...weights.keys()], question.signs);
    if (ahead < 0) return undefined;
    // A far one has the same answer for another reason.
    const least = (near[0]?.cosine ?? 0) - STILL_NEAR;
    const same = near.flatMap(({ entry, cosine }) =>
      entry.answer === answer && cosine >= least ? [entry] : [],
    );
    const from = same
      .filter(
        (entry) => !difference(question.judged, entry.judged) && !this.#isRare(question.judged, entry.judged),
      )
      .slice(0, MOST_FROM);
    if (from.length === 0) return undefined;
    const by = same.filter((entry) => !from.includes(entry)).slice(0, MOST_BY);
    return { answer, score: weight / all / (1 + Math.exp(-ahead / AHEAD)), from, by };
  }

  /** Whether one of both has a word that the other and all other questions have not: for all that anybody knows, a name. */
  #isRare(asked: Judged, kept: Judged): boolean {
    const [own, others] = [new Set(asked.roots), new Set(kept.roots)];
    const known = (root: number) => this.#roots.get(root) ?? 0;
    return (
      asked.roots.some((root) => !others.has(root) && known(root) === 0) ||
      kept.roots.some((root) => !own.has(root) && known(root) < 2)
    );
  }

  /** How far the words are for this answer before the next of them; below zero, another one is before it. */
  #ahead(answer: string, answers: readonly string[], signs: Uint32Array): number {
    const others = answers.filter((it) => it !== answer).map((it) => this.#speaksFor(it, signs));
    // Who has no rival is as far ahead as one that has every word to itself.
    if (others.length === 0) return Number.POSITIVE_INFINITY;
    return this.#speaksFor(answer, signs) - Math.max(...others);
  }

  #speaksFor(answer: string, signs: Uint32Array): number {
    const { questions = 0, of } = this.#words.get(answer) ?? {};
    let sum = Math.log(questions / this.#entries.size);
    for (const sign of signs) sum += Math.log(((of?.get(sign) ?? 0) + UNSEEN) / (questions + 2 * UNSEEN));
    return sum;
  }

  #nearest(vector: Int8Array, now: number): { entry: Entry; cosine: number }[] {
    const length = lengthOf(vector);
    const found: { entry: Entry; cosine: number }[] = [];
    let least = Number.NEGATIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (entry.expiresAt <= now || entry.vector.length !== vector.length) continue;
      const cosine = product(entry.vector, vector) / (entry.length * length || 1);
      if (cosine <= least) continue;
      // What somebody sends again and again is heard once.
      const own = found.findIndex((other) => other.entry.sender === entry.sender);
      if (own >= 0 && (found[own]?.cosine ?? 0) >= cosine) continue;
      if (own >= 0) found.splice(own, 1);
      const at = found.findIndex((other) => other.cosine < cosine);
      found.splice(at < 0 ? found.length : at, 0, { entry, cosine });
      if (found.length > NEAREST) found.pop();
      if (found.length === NEAREST) least = found.at(-1)?.cosine ?? least;
    }
    return found;
  }
}

function count(counts: Map<number, number>, all: Iterable<number>, by: 1 | -1): void {
  for (const one of all) {
    const now = (counts.get(one) ?? 0) + by;
    if (now > 0) counts.set(one, now);
    else counts.delete(one);
  }
}

/** A vector as small numbers: its direction is what counts. */
export function quantised(vector: readonly number[]): Int8Array {
  const most = vector.reduce((sum, part) => Math.max(sum, Math.abs(part)), 0) || 1;
  return Int8Array.from(vector, (part) => Math.round((part / most) * 127));
}

function lengthOf(vector: Int8Array): number {
  return Math.sqrt(product(vector, vector));
}

function product(one: Int8Array, other: Int8Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = one.length - (one.length % 4);
  // Four sums at once: a processor need not wait for the one before.
  for (let at = 0; at < whole; at += 4) {
    a += (one[at] as number) * (other[at] as number);
    b += (one[at + 1] as number) * (other[at + 1] as number);
    c += (one[at + 2] as number) * (other[at + 2] as number);
    d += (one[at + 3] as number) * (other[at + 3] as number);
  }
  for (let at = whole; at < one.length; at += 1) a += (one[at] as number) * (other[at] as number);
  return a + b + c + d;
}
