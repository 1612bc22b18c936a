import { bondsIn, isUnlike } from './bonds.ts';
import { isMereNegation } from './negations.ts';
import { hashOf, isSmall, plainly, rootOf } from './words.ts';

/* The words that a text is about, as hashes, and what two texts have to have in common of them. */

/** Stands between the lists of two fields. */
const NEXT = 0;

export interface Roots {
  /** Roots of the words of each field, in their order. */
  roots: Uint32Array;
  /** Of them, those that were written in capitals alone, as abbreviations are. */
  loud: Uint32Array;
  /** Of those that a prefix or an ending may have turned round, first the root and then that of the word without it. */
  turned: Uint32Array;
  /** Of those with which something stands that turns them round, first the root and then its marks: `bonds.ts`. */
  bonds: Uint32Array;
}

interface Field {
  words: readonly string[];
  loud: ReadonlySet<string>;
}

export function rootsIn(fields: readonly Field[]): Roots {
  const lists = (of: (field: Field) => readonly number[]) =>
    Uint32Array.from(fields.flatMap((field, at) => (at === 0 ? of(field) : [NEXT, ...of(field)])));
  const root = (word: string) => hashOf(rootOf(word)) || 1;
  return {
    roots: lists(({ words, loud }) => words.filter((word) => loud.has(word) || isTelling(word)).map(root)),
    loud: lists(({ loud }) => [...loud].map(root)),
    turned: lists(({ words }) =>
      words.flatMap((word) => {
        const [, before, after] = TURNED.exec(word) ?? [];
        const stem = before ?? after;
        return stem === undefined ? [] : [root(word), root(stem)];
      }),
    ),
    bonds: lists(({ words, loud }) => bondsIn(words, (word) => loud.has(word))),
  };
}

/** A mere negation is counted by itself (`facts.ts`), and `bonds.ts` says what it is about: `not` and `haven't` are one. */
function isTelling(word: string): boolean {
  return !isSmall(word) && !isMereNegation(word);
}

const TURNED =
  /^(?:un|non|dis|in|im|il|ir|mis|de|re|anti|ex|pre|post|over|under)-?(\p{L}{4,})$|^(\p{L}{3,})-?(?:less|free)$/u;

/** `DHL`, and `PIN`, which others write as `pin`: whichever it is, the other text needs it. None of a text that is all in capitals. */
export function abbreviationsIn(text: string): ReadonlySet<string> {
  if (text === text.toUpperCase()) return new Set();
  return new Set((text.match(ABBREVIATION) ?? []).map(plainly));
}

const ABBREVIATION = /(?<![\p{L}\p{N}])\p{Lu}{2,}(?![\p{L}\p{N}])/gu;

export type RootsUnlike = 'fields' | 'abbreviations' | 'prefixes' | 'bonds' | 'order' | 'one word';

export function rootsUnlike(one: Roots, other: Roots): RootsUnlike | undefined {
  const [ones, others] = [fieldsOf(one), fieldsOf(other)];
  if (ones.length !== others.length || isMoved(ones, others) || isMoved(others, ones)) return 'fields';
  for (const [at, field] of ones.entries()) {
    const unlike = unlikeIn(field, others[at] ?? field);
    if (unlike) return unlike;
  }
  return undefined;
}

interface InField {
  roots: readonly number[];
  loud: readonly number[];
  turned: readonly number[];
  bonds: readonly number[];
  all: ReadonlySet<number>;
}

function fieldsOf({ roots, loud, turned, bonds }: Roots): InField[] {
  const [a, b, c, d] = [split(roots), split(loud), split(turned), split(bonds)];
  return a.map((own, at) => ({
    ...{ roots: own, loud: b[at] ?? [], turned: c[at] ?? [], bonds: d[at] ?? [] },
    all: new Set(own),
  }));
}

function split(list: Uint32Array): number[][] {
  const fields: number[][] = [[]];
  for (const one of list) {
    if (one === NEXT) fields.push([]);
    else fields.at(-1)?.push(one);
  }
  return fields;
}

/** Whether a word of one field stands in another field of the other. */
function isMoved(ones: readonly InField[], others: readonly InField[]): boolean {
  return ones.some(({ roots }, at) =>
    roots.some(
      (root) =>
        !others[at]?.all.has(root) &&
        others.some(({ all }, field) => field !== at && all.has(root) && !ones[field]?.all.has(root)),
    ),
  );
}

function unlikeIn(one: InField, other: InField): RootsUnlike | undefined {
  if (one.loud.some((root) => !other.all.has(root)) || other.loud.some((root) => !one.all.has(root)))
    return 'abbreviations';
  if (isTurned(one, other) || isTurned(other, one)) return 'prefixes';
  if (isUnlike(one, other)) return 'bonds';
  return wordsUnlike(one, other);
}

/** `unlimited` here, `limited` there. */
function isTurned({ turned }: InField, { all }: InField): boolean {
  return turned.some((root, at) => at % 2 === 0 && !all.has(root) && all.has(turned[at + 1] ?? NEXT));
}

/** The same words in another order, or the same but for one: a form with another value in it. */
function wordsUnlike(one: InField, other: InField): RootsUnlike | undefined {
  const more = new Set(one.roots.filter((root) => !other.all.has(root)));
  const less = new Set(other.roots.filter((root) => !one.all.has(root)));
  if (more.size === 0 && less.size === 0)
    return one.roots.join() === other.roots.join() || one.all.size < 3 ? undefined : 'order';
  const shared = one.all.size - more.size;
  return shared >= LEAST_SHARED && more.size === 1 && less.size === 1 ? 'one word' : undefined;
}

const LEAST_SHARED = 0;
