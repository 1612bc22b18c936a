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
