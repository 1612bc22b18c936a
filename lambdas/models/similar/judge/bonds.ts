import { isNegation } from './negations.ts';
import { hashOf, isSmall, partsOf, rootOf } from './words.ts';

/*
 * What stands with a word and turns it round while all words stay the same: which word a negation is about, whose a thing is, who does it
 * to whom, where it comes from or goes to.
 */

/** Marks of one group contradict each other; a word that has none of a group says nothing of it. */
const MARKS = {
  not: 1,
  ...{ mine: 2, yours: 4, his: 8, hers: 16, theirs: 32 },
  ...{ byMe: 64, byYou: 128, byOthers: 256, toMe: 512, toYou: 1024, toOthers: 2048 },
  ...{ from: 4096, to: 8192, by: 16_384, for: 32_768 },
} as const;
const { mine, yours, his, hers, theirs, byMe, byYou, byOthers, toMe, toYou, toOthers, from, to, by } = MARKS;
const OWNERS = mine | yours | his | hers | theirs;
const DOERS = byMe | byYou | byOthers;
const DONE_TO = toMe | toYou | toOthers;
/** Marks of which one excludes another: what is for somebody may go to them as well. */
const GROUPS = [OWNERS, from | to, by | to, from | MARKS.for, by | MARKS.for];

const marked = (lines: Record<string, number>): ReadonlyMap<string, number> =>
  new Map(Object.entries(lines).flatMap(([words, mark]) => words.split(' ').map((word) => [word, mark])));
const OWNER = marked({
  ...{ 'my our mine ours': mine, 'your yours': yours, his: his, 'her hers': hers, 'their theirs': theirs },
});
const DOER = marked({ "i i'm i've i'll i'd we": byMe, you: byYou, 'he she they somebody someone': byOthers });
const TARGET = marked({ 'me us': toMe, you: toYou, 'him her them somebody someone': toOthers });
const WAY = marked({ from, by, 'to into onto towards': to, for: MARKS.for });
const ARTICLES = new Set(['the', 'a', 'an', 'this', 'that', 'these', 'those', ...OWNER.keys()]);

/** Small words between a negation and what it is about. */
const REACH = 4;

/** Roots with marks, one behind the other. @param isLoud of a word that was written in capitals alone */
export function bondsIn(words: readonly string[], isLoud: (word: string) => boolean): number[] {
  const found = new Map<number, number>();
  const isTold = (word: string) => isLoud(word) || !isSmall(word);
  const mark = (word: string, marks: number) => {
    const root = hashOf(rootOf(word)) || 1;
    if (marks !== 0) found.set(root, (found.get(root) ?? 0) | marks);
  };
  let [not, doer, owner] = [0, 0, 0];
  for (const [at, word] of words.entries()) {
    const before = words[at - 1] ?? '';
    const next = words[words[at + 1] === 'to' ? at + 2 : at + 1] ?? '';
    const isNot = partsOf(word).some(isNegation);
    if (isNot) not = REACH;
    // Someone it goes to or comes from is no word that a text is about.
    if (TARGET.has(word) && WAY.has(before)) mark(word, WAY.get(before) ?? 0);
    doer = DOER.get(word) ?? doer;
    owner = OWNER.get(word) ?? (isTold(word) ? owner : 0);
    if (isNot || !isTold(word)) {
      not -= isNot ? 0 : 1;
      continue;
    }
    let way = at - 1;
    while (way > 0 && ARTICLES.has(words[way] ?? '')) way -= 1;
    mark(
      word,
      (not > 0 ? MARKS.not : 0) | owner | doer | (TARGET.get(next) ?? 0) | (WAY.get(words[way] ?? '') ?? 0),
    );
    [not, doer] = [0, 0];
  }
  return [...found].flat();
}

/** Whether a word of both stands otherwise in one, or what comes from somewhere comes from elsewhere in the other. */
export function isUnlike(one: Bonds, other: Bonds): boolean {
  const marksOf = ({ bonds }: Bonds) =>
    new Map(bonds.flatMap((root, at) => (at % 2 === 0 ? [[root, bonds[at + 1] ?? 0] as const] : [])));
  const [ones, others] = [marksOf(one), marksOf(other)];
  let [onlyHere, onlyThere] = [false, false];
  for (const root of new Set([...ones.keys(), ...others.keys()])) {
    const [a, b] = [ones.get(root) ?? 0, others.get(root) ?? 0];
    if (one.all.has(root) && other.all.has(root)) {
      onlyHere ||= (a & ~b & MARKS.not) !== 0;
      onlyThere ||= (b & ~a & MARKS.not) !== 0;
    }
    if (GROUPS.some((group) => contradict(a, b, group))) return true;
    // I may cancel mine, or have it cancelled: only who does it to whom turns it round.
    if (contradict(a, b, DOERS) && contradict(a, b, DONE_TO)) return true;
    if (isTurned(a, b) || isTurned(b, a)) return true;
  }
  // Of two words each negates another one.
  if (onlyHere && onlyThere) return true;
  const sources = (marks: ReadonlyMap<number, number>) =>
    new Set([...marks].flatMap(([root, its]) => ((its & from) === 0 ? [] : [root])));
  const [here, there] = [sources(ones), sources(others)];
  return here.size > 0 && there.size > 0 && ![...here].some((root) => there.has(root));
}

export interface Bonds {
  bonds: readonly number[];
  /** All roots of the field. */
  all: ReadonlySet<number>;
}

/** Who does it in the one is whom it is done to in the other. */
function isTurned(one: number, other: number): boolean {
  return [
    [byMe, toMe],
    [byYou, toYou],
  ].some(
    ([by = 0, to = 0]) => (one & by) !== 0 && (one & to) === 0 && (other & to) !== 0 && (other & by) === 0,
  );
}

function contradict(one: number, other: number, group: number): boolean {
  const [a, b] = [one & group, other & group];
  return a !== 0 && b !== 0 && (a & b) === 0;
}
