/*
 * How alike two names or descriptions are, from 0 to 1: the share of pairs of letters that both have (Dice). Case, marks, signs and the
 * legal forms of companies do not count.
 */

const FORMS =
  /\b(?:gmbh|mbh|ag|kg|ohg|ug|se|sa|sarl|sas|spa|srl|bv|nv|ltd|limited|llc|inc|corp|co|plc|oy|ab|aps|as|sl)\b/g;
const MOST = 200;

/** The pairs of letters of a text, and how many there are. */
interface Pairs {
  of: ReadonlyMap<string, number>;
  count: number;
}

function signsOf(text: string): string {
  return text
    .slice(0, MOST)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function pairsOf(signs: string): Pairs {
  const of = new Map<string, number>();
  let count = 0;
  for (const word of signs.split(/\s+/).filter(Boolean)) {
    const edged = ` ${word} `;
    for (let at = 0; at < edged.length - 1; at += 1, count += 1) {
      const pair = edged.slice(at, at + 2);
      of.set(pair, (of.get(pair) ?? 0) + 1);
    }
  }
  return { of, count };
}

function dice(one: Pairs, other: Pairs): number {
  if (one.count === 0 || other.count === 0) return 0;
  let both = 0;
  for (const [pair, it] of one.of) both += Math.min(it, other.of.get(pair) ?? 0);
  return (2 * both) / (one.count + other.count);
}

/** Of two companies. `B.V.` is `BV`, and neither counts. */
export function alikeNames(one: string, other: string): number {
  const [left, right] = [one, other].map((name) =>
    pairsOf(signsOf(name.replaceAll('.', '')).replaceAll(FORMS, ' ')),
  );
  return left && right ? dice(left, right) : 0;
}

/** Compares descriptions; each is taken apart once, however many it is compared with. */
export function comparing(): (one: string, other: string) => number {
  const known = new Map<string, Pairs>();
  const takenApart = (text: string) => {
    const pairs = known.get(text) ?? pairsOf(signsOf(text));
    known.set(text, pairs);
    return pairs;
  };
  return (one, other) => dice(takenApart(one), takenApart(other));
}
