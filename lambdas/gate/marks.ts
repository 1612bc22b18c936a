import type { Mark } from '../contract/item/proposal-document.ts';

const DOT = String.raw`(?:\.|\[\.\]|\(\.\)|。)`;
const NAME = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})`;

type Kind = readonly [Mark['kind'], RegExp];

/* Earlier kinds win if two overlap: the digits of a link are no number. */
const made = (): readonly Kind[] => [
  ['hidden', /(?:(?![\n\r\t])[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}])+/gu],
  ['address', new RegExp(String.raw`[\p{L}\p{N}.+_%-]{1,64}@(?:${NAME}${DOT}){1,8}\p{L}{2,24}`, 'gu')],
  ['link', /\b(?:h(?:tt|xx)ps?|ftp|javascript|data|tel|mailto):\S{1,2000}|\bwww\.\S{1,2000}/giu],
  [
    'link',
    new RegExp(String.raw`(?<![\p{L}\p{N}@])(?:${NAME}${DOT}){1,8}\p{L}{2,24}(?:[/?#]\S{0,2000})?`, 'gu'),
  ],
  [
    'mark-up',
    /<\/?[a-z!][^<>]{0,500}>|!?\[[^\]\n]{0,200}\]\([^)\s]{0,2000}\)|&#?\w{1,10};|```|\*\*|__|^#{1,6} /gimu,
  ],
  // A number with its letters: a rule `R2`, an order `W9958106`.
  ['number', /(?:(?<!\p{L})\p{L}{1,8})?\+?\(?\p{Nd}(?:[\p{Nd}\p{Zs}().,/-]{0,60}\p{Nd})?\)?/gu],
];

/** When they are first needed: they take a millisecond of a function's import. */
let kinds: readonly Kind[] | undefined;

/** Links, addresses, numbers, mark-up and invisible characters: what a stranger wants a reader to follow. */
export function marksIn(text: string): Mark[] {
  let marks: Mark[] = [];
  kinds ??= made();
  for (const [kind, pattern] of kinds) marks = merged(marks, kind, text.matchAll(pattern));
  return marks;
}

/** Both in the order of the text: a text of nothing but addresses would take hours if each were compared with all. */
function merged(earlier: readonly Mark[], kind: Mark['kind'], found: Iterable<RegExpExecArray>): Mark[] {
  const all: Mark[] = [];
  let at = 0;
  for (const { index: start, 0: match } of found) {
    const end = start + match.length;
    for (; at < earlier.length && (earlier[at]?.end ?? 0) <= start; at += 1) all.push(earlier[at] as Mark);
    if ((earlier[at]?.start ?? end) >= end) all.push({ kind, start, end });
  }
  return [...all, ...earlier.slice(at)];
}

/** Marks of every text in the named parameters, by path: `reply`, `lines/0/text`; empty without marks. */
export function marksOf(
  parameters: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, Mark[]> {
  const found: Record<string, Mark[]> = {};
  const visit = (place: string, value: unknown) => {
    if (typeof value === 'string') found[place] = marksIn(value);
    else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) visit(`${place}/${key.replaceAll('/', '~1')}`, one);
  };
  for (const name of names) visit(name.replaceAll('/', '~1'), parameters[name]);
  return found;
}
