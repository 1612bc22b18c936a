/*
 * Whether two readings of a page say the same. OCR looks at shapes and takes no orders; a model reads what OCR cannot, and may be
 * told by the page what to answer. Where both say the same, neither has made it up.
 */

/** Of the words of both. */
const LEAST_SHARE = 0.95;
/** In any so many words on end of one reading, so many may be missing in the other: a sentence is more. */
const WINDOW = 8;
const MOST_MISSING = 2;

/** They turn a sentence into its opposite, and are short enough to be overlooked among hundreds. */
const NEGATIONS: ReadonlySet<string> = new Set(
  'no not never none without cannot kein keine keinen keiner nicht nie ohne non ne pas jamais sans ningún ninguna nunca sin niet geen nooit nao não sem'.split(
    ' ',
  ),
);

/** The same figures in the same places, the same negations, 95 % of the words, and no run of words that only one of them has. */
export function agree(one: string, other: string): boolean {
  if (!sameBag(figuresIn(one), figuresIn(other))) return false;
  const [mine, theirs] = [wordsIn(one), wordsIn(other)];
  if (mine.length === 0 || theirs.length === 0) return false;
  const isNegation = (word: string) => NEGATIONS.has(word);
  if (!sameBag(mine.filter(isNegation), theirs.filter(isNegation))) return false;
  const [inMine, inTheirs] = [missingIn(mine, theirs), missingIn(theirs, mine)];
  const missing = inMine.filter(Boolean).length + inTheirs.filter(Boolean).length;
  return missing <= (1 - LEAST_SHARE) * (mine.length + theirs.length) && !hasRun(inMine) && !hasRun(inTheirs);
}

const FIGURE = /\d(?:[\d.,'’/:-]*\d)?/.source;
const TOKEN = new RegExp(`${FIGURE}|\\p{L}[\\p{L}\\p{M}]*`, 'gu');

/** As they are written, a point in another place is another amount; each behind what stands before it in its line. */
function figuresIn(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split('\n')
    .flatMap((line) => {
      const tokens = line.match(TOKEN) ?? [];
      return tokens.flatMap((token, at) => (/^\d/.test(token) ? [`${tokens[at - 1] ?? ''} ${token}`] : []));
    });
}

function wordsIn(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{L}[\p{L}\p{M}]*/gu) ?? []
  );
}

/** For each word whether the other reading lacks it, each of its words counted once. */
function missingIn(words: readonly string[], other: readonly string[]): boolean[] {
  const left = countsOf(other);
  return words.map((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count <= 0;
  });
}

function hasRun(missing: readonly boolean[]): boolean {
  let inWindow = 0;
  return missing.some((is, at) => {
    inWindow += Number(is) - Number(missing[at - WINDOW] ?? false);
    return inWindow > MOST_MISSING;
  });
}

function sameBag(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && !missingIn(one, other).includes(true);
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
