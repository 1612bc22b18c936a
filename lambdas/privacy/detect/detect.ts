import { OF_NAMES, type PersonalKind } from '../../contract/item/privacy.ts';
import { cards, ibans } from './cards.ts';
import { emails, ips, macs, phones, urls } from './contact.ts';
import { labelled } from './labels.ts';
import { health, licences, passports, social, tax } from './national.ts';
import { coins, secrets } from './secrets.ts';
import type { Finder, Span } from './span.ts';

/* In the order of their certainty: of two that overlap, the earlier one names the value, and both are covered. */
const FIXED: readonly Finder[] = [
  ...secrets.slice(0, 3),
  urls,
  emails,
  ibans,
  cards,
  ...coins,
  ...macs,
  ...passports,
  ...social,
  ...tax,
  ...health,
  ...licences,
  labelled,
  ...ips,
  ...phones,
  ...secrets.slice(3),
];

/** What recognises names and addresses: its findings give way to all others. */
export type Recogniser = Finder;

/**
 * The values of these kinds in a text, in order and apart from one another. Time is in proportion to the text.
 * Kinds that are not wanted are found all the same, or a card would be taken for a phone.
 */
export function detect(
  text: string,
  kinds: readonly PersonalKind[],
  recognise?: Recogniser,
): readonly Span[] {
  const wanted = new Set(kinds);
  const found = FIXED.flatMap((finder) => [...finder(text)]);
  const all = recognise && OF_NAMES.some((kind) => wanted.has(kind)) ? [...found, ...recognise(text)] : found;
  return apart(all).filter(({ kind }) => wanted.has(kind));
}

/** Longer ones are texts, and no values of a field. */
const MOST_OF_A_FIELD = 200;
const MOST_OF_A_NAME = 60;

/** The same in a field, whose name says what its value is as a label does in a text: `ssn`, `apiKey`. */
export function detectUnder(
  name: string,
  text: string,
  kinds: readonly PersonalKind[],
  recognise?: Recogniser,
): readonly Span[] {
  const own = detect(text, kinds, recognise);
  if (name === '' || name.length > MOST_OF_A_NAME || text.length > MOST_OF_A_FIELD) return own;
  const label = `${name.replaceAll(/[_-]|(?<=\p{Ll})(?=\p{Lu})/gu, ' ')}: `;
  const named = detect(label + text, kinds)
    .filter(({ start }) => start >= label.length)
    .map(({ kind, start, end }) => ({ kind, start: start - label.length, end: end - label.length }));
  return apart([...own, ...named]);
}

/** Spans that overlap become one, named by the one that was found first. */
function apart(found: readonly Span[]): Span[] {
  const ranked = found.map((span, rank) => ({ ...span, rank }));
  ranked.sort((a, b) => a.start - b.start || b.end - a.end);
  const joined: (Span & { rank: number })[] = [];
  for (const span of ranked) {
    const last = joined.at(-1);
    if (!last || span.start >= last.end) joined.push(span);
    else {
      if (span.rank < last.rank) Object.assign(last, { kind: span.kind, rank: span.rank });
      last.end = Math.max(last.end, span.end);
    }
  }
  return joined.map(({ kind, start, end }) => ({ kind, start, end }));
}
