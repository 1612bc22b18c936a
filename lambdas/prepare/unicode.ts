import { cutText, withFewMarks } from '../kit/text.ts';

/** Longer texts are cut first: each step below takes time in proportion to its text. */
export const MOST_READ = 200_000;

export interface Unified {
  text: string;
  /** Not all of it was read. */
  cut: boolean;
  /** Letters carried more marks than any language has; those were taken off. */
  flooded: boolean;
  /** Shapeless characters as no language has them: they may spell something, or turn the text around. */
  smuggled: boolean;
}

/* Characters without a shape as no language uses them: they may spell something or turn the text around. */
const SMUGGLED =
  /(?<!\u{1F3F4}[\u{E0020}-\u{E007E}]{0,6})[\u{E0020}-\u{E007E}]|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{3}|[\u200B-\u200D\u2060-\u2064\uFEFF\u180E]{12}|[\u202D\u202E]/u;

/** One form of Unicode and of line ends; half characters become U+FFFD. Linear in time. */
export function unified(written: string): Unified {
  const bounded = cutText(written, MOST_READ);
  const seen = withoutUnseen(bounded.toWellFormed().replaceAll(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n'));
  const borne = withFewMarks(seen);
  const text = composed(digitsApart(borne));
  const cut = bounded.length < written.length || text.length > MOST_READ;
  return {
    text: withoutUnseen(cutText(text, MOST_READ)),
    cut,
    flooded: borne.length < seen.length,
    smuggled: SMUGGLED.test(bounded),
  };
}

/** What has no shape. Between two digits a control character becomes a gap. */
function withoutUnseen(text: string): string {
  return text
    .replaceAll(/(?<=\p{Nd})[^\P{Cc}\n\t]+(?=\p{Nd})/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
      character === '\n' || character === '\t' ? character : '',
    );
}

/** Pieces are normalised one by one, until there is enough: some characters become eighteen. */
const PIECE = 4_096;

function composed(text: string): string {
  let whole = '';
  for (let at = 0; at < text.length && whole.length <= MOST_READ; ) {
    const piece = cutText(text.slice(at, at + 2 * PIECE), PIECE);
    whole += piece.normalize('NFKC').replaceAll('\u2044', '/');
    at += piece.length;
  }
  return whole;
}

const RAISED = '\\u00B2\\u00B3\\u00B9\\u2070\\u2074-\\u207E';
const LOWERED = '\\u2080-\\u208E';
/* Everything else that NFKC writes with digits: fractions, circled numbers, days, square metres. */
const OTHER =
  '\\u00BC-\\u00BE\\u2150-\\u215E\\u2189\\u2460-\\u249B\\u24EA\\u3251-\\u325F\\u32B1-\\u32CB\\u3358-\\u3370\\u3378\\u3379\\u339F-\\u33A6\\u33A8\\u33AF\\u33E0-\\u33FE\\u{1F100}-\\u{1F10A}';
const SLASH = '\\u2044';
const pattern = (source: string) => new RegExp(source, 'gu');

/* What is written between two characters. Each looks at a few characters; their order matters. */
const JOINTS: readonly (readonly [RegExp, string])[] = [
  [pattern(`(?<=[${OTHER}])(?=[.,/${SLASH}]?\\p{N})`), ' '],
  [pattern(`(?<=[${RAISED}])(?![${RAISED}])(?=[.,/]?\\p{N})`), ' '],
  [pattern(`(?<=[${LOWERED}])(?![${LOWERED}])(?=[.,/${SLASH}]?\\p{N})`), ' '],
  [pattern(`(?<=\\p{N}[.,/${SLASH}]?)(?=[\\u215F${OTHER}])`), ' '],
  [pattern(`(?<=\\p{N})(?<![${RAISED}])(?=[${RAISED}]{1,20}${SLASH})`), ' '],
  [pattern(`(?<=\\S)(?<![${RAISED}])(?![${RAISED}]{1,20}${SLASH})(?=[${RAISED}])`), '^'],
  [pattern(`(?<=\\p{N})(?<![${LOWERED}])(?=[${LOWERED}])`), '_'],
];
const ANY = pattern(`[${RAISED}${LOWERED}${OTHER}${SLASH}\\u215F]`);

/**
 * NFKC writes 10² as 102 and 1½ as 11⁄2: another number. What a reader sees as numbers of their own stays apart: `10^2`, `1 1/2`.
 */
function digitsApart(text: string): string {
  if (text.search(ANY) < 0) return text;
  return JOINTS.reduce((apart, [place, mark]) => apart.replaceAll(place, mark), text);
}
