import type { Span } from '../detect/span.ts';
import { GIVEN } from './given.ts';
import { DOUBTFUL, FAMILIES, NEVER, PARTICLES, TITLES } from './words.ts';

/*
 * Names of people, by the company that they keep: a known given name before a capital, a title, a greeting, a label, a line of its
 * own below a farewell. Likely, not certain: `npm run bench:privacy` prints how likely.
 */

let known: ReadonlySet<string> | undefined;

function given(): ReadonlySet<string> {
  if (known) return known;
  const names = new Set<string>();
  let before = '';
  for (const [, shared = '0', rest = ''] of GIVEN.matchAll(/([0-9A-Z])([^0-9A-Z]*)/g)) {
    before = before.slice(0, Number.parseInt(shared, 36)) + rest;
    names.add(before);
  }
  known = names;
  return names;
}

/** Whether a word alone, however it is written, is more likely a given name than anything else. */
export function isGivenName(word: string): boolean {
  return given().has(word) && !DOUBTFUL.has(word) && !NEVER.has(word);
}

interface Word {
  text: string;
  low: string;
  start: number;
  end: number;
  /** `Anna`, `O'Brien`, `J.`, not `ANNA BANK` and not `iPhone`. */
  capital: boolean;
  /** `ANNA` */
  loud: boolean;
  initial: boolean;
}

/* What stands behind `@` or `#`, or goes on with `_` or a digit, is a handle. */
const WORD =
  /(?<![@#_\p{N}\p{L}])\p{L}[\p{L}\p{M}'’]{0,40}(?:-\p{Lu}[\p{L}\p{M}'’]{1,40}){0,2}(?![_\p{N}])/gu;
const CAPITAL = /^\p{Lu}(?:['’]\p{Lu}|\p{Ll}{1,3}\p{Lu})?[\p{Ll}\p{M}'’]*(?:-\p{Lu}[\p{Ll}\p{M}]+)*$/u;

const LOUD = /^\p{Lu}[\p{Lu}\p{M}'’-]+$/u;

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map(({ 0: match, index: start }) => {
    // A genitive is no part of the name.
    const own = match.replace(/(?:['’]s?|n['’]t|['’](?:ll|re|ve|m|d))$/i, '');
    const low = own.toLowerCase();
    const initial = own.length === 1 && /\p{Lu}/u.test(own);
    const loud = own.length > 2 && LOUD.test(own);
    return { text: own, low, start, end: start + own.length, capital: CAPITAL.test(own), loud, initial };
  });
}

/** A label or a greeting, up to the name. */
const CALLS =
  /(?:(?:^|[\n>|])[\s\-*•"“]{0,6}(?:\[[^\]\n]{1,30}\][ ]{0,3})?(?:dear|hi|hello|hey|hallo|liebe[r]?|cher|chère|bonjour|querido|estimad[oa]|hola|gentile|beste|good (?:morning|afternoon|evening)|(?:guten (?:tag|morgen)))|(?:full |first |last |patient |customer |client |student |employee |employee's |account holder |card ?holder |insured |policy ?holder |applicant |candidate |contact |tenant |landlord |beneficiary |emergency contact |sender |recipient |user )?(?:name|nom|nombre|nome)(?: is)?|patient|attn|attention|bill(?:ed)? to|ship(?:ped)? to|signed|signature|sincerely|regards|insured|policy ?holder|claimant|defendant|plaintiff|witness|cardholder|account holder|(?:i am|i['’]m|my name is|this is|ich bin|mein name ist|je m['’]appelle|je suis|me llamo|mi chiamo|speaking with|spoke (?:to|with)|on behalf of|signed by|prepared by|written by|assigned to|case of|named|called))[ ,:*_.]{1,4}$/iu;

/** At the end of a letter; the name is on the next line with words. */
const FAREWELL =
  /(?:regards|sincerely|best|cheers|thanks|thank you|yours(?: truly| faithfully| sincerely)?|wishes|cordially|respectfully|grüßen|grüße|gruß|cordialement|saludos|atentamente|saluti|groet(?:en)?)[ ,.!]{0,4}(?:\n[\s*_-]{0,8}){1,3}$/iu;

/** A speaker: `Anna:`, `[10:15 AM] Anna Berg:`. */
const BEGINS_LINE = /(?:^|\n)[\s>*_-]{0,4}(?:\[[^\]\n]{1,30}\]\s{0,3})?$/u;

const MOST_WORDS = 4;
const LOOK_BACK = 60;

export function people(text: string): Span[] {
  const words = wordsOf(text);
  const names = given();
  const found: Span[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const first = words[at];
    if (!first) continue;
    if (TITLES.has(first.low) && first.capital) {
      let begins = at + 1;
      while (PARTICLES.has(words[begins]?.low ?? '') && begins - at < 4) begins += 1;
      const to = until(text, words, begins, after(text, first));
      if (to > begins) {
        found.push(spanOf(words, at + 1, to));
        at = to - 1;
      }
      continue;
    }
    if (first.loud) {
      const to = loudly(text, words, at, names);
      if (to > at) found.push(spanOf(words, at, to));
      at = Math.max(at, to - 1);
      continue;
    }
    if (!first.capital || first.initial || NEVER.has(first.low)) continue;
    const to = until(text, words, at, true);
    if (!isName(text, words, at, to, names)) continue;
    found.push(spanOf(words, at, to));
    at = to - 1;
  }
  return found.concat(again(words, found, text));
}

/** `ANNA BERG`: a given name and one or two more words, where a heading has others. */
function loudly(text: string, words: readonly Word[], at: number, names: ReadonlySet<string>): number {
  const first = words[at];
  if (!first || !names.has(first.low) || DOUBTFUL.has(first.low) || NEVER.has(first.low)) return at;
  let to = at + 1;
  while (to < words.length && to - at < 3) {
    const [before, word] = [words[to - 1], words[to]];
    if (!before || !word?.loud || NEVER.has(word.low) || !after(text, before, word)) break;
    to += 1;
  }
  return to - at > 1 ? to : at;
}

/** Where a name that begins here ends: capitals, initials and particles on one line. */
function until(text: string, words: readonly Word[], from: number, near: boolean): number {
  if (!near) return from;
  let to = from;
  while (to < words.length && to - from < MOST_WORDS) {
    const word = words[to];
    const before = words[to - 1];
    if (!word || (to > from && before && !after(text, before, word))) break;
    const next = words[to + 1];
    const joins = PARTICLES.has(word.low) && to > from && next?.capital === true && !NEVER.has(next.low);
    if (!joins && (!word.capital || NEVER.has(word.low))) break;
    to += 1;
  }
  // An initial or a particle ends no name.
  while (to > from && (words[to - 1]?.initial || PARTICLES.has(words[to - 1]?.low ?? ''))) to -= 1;
  return to;
}

/** Whether only a blank stands between (after an initial or a title a point too). */
function after(text: string, before: Word, word?: Word): boolean {
  const gap = text.slice(before.end, word?.start ?? before.end + 3);
  const point = before.initial || TITLES.has(before.low);
  if (word === undefined) return /^\.?[ \u00A0]/.test(gap);
  return gap === ' ' || gap === '\u00A0' || (point && /^\.[ \u00A0]?$/.test(gap));
}

function isName(
  text: string,
  words: readonly Word[],
  at: number,
  to: number,
  names: ReadonlySet<string>,
): boolean {
  const first = words[at];
  if (!first || to <= at) return false;
  const short = text.slice(Math.max(0, first.start - LOOK_BACK), first.start);
  const several = to - at > 1;
  const isGiven = first.low.split('-').some((part) => names.has(part));
  if (CALLS.test(short)) return isGiven || several || /\bname[ :is*_]{1,6}$/i.test(short);
  const alone = BEGINS_LINE.test(short);
  const last = words[to - 1];
  const behind = text.slice(last?.end ?? 0, (last?.end ?? 0) + 2);
  if (FAREWELL.test(short) && /^\s|^$|^,/.test(behind)) return true;
  if (alone && behind.startsWith(':')) return isGiven;
  if (!isGiven) return false;
  if (!DOUBTFUL.has(first.low)) return true;
  const next = words[at + 1]?.low ?? '';
  if (several) return FAMILIES.has(next) || !DOUBTFUL.has(next);
  // A word or a place is a name where somebody is spoken to.
  return /[\p{L}!], $/u.test(short) && /^[.,!?'’]/.test(behind);
}

/** A part of a name that was found stands for it elsewhere in the text. */
function again(words: readonly Word[], found: readonly Span[], text: string): Span[] {
  const parts = new Set(
    found.flatMap(({ start, end }) =>
      text
        .slice(start, end)
        .split(/[\s.]+/)
        .filter((part) => part.length > 2 && /^\p{Lu}/u.test(part) && !DOUBTFUL.has(part.toLowerCase())),
    ),
  );
  const taken = new Set(found.map(({ start }) => start));
  return words.flatMap(({ text: word, start, end }) =>
    parts.has(word) && !taken.has(start) ? [{ kind: 'name' as const, start, end }] : [],
  );
}

function spanOf(words: readonly Word[], from: number, to: number): Span {
  return { kind: 'name', start: words[from]?.start ?? 0, end: words[to - 1]?.end ?? 0 };
}
