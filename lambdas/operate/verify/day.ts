import type { Head, Root } from '../../contract/item/receipt.ts';
import { allHeads, chainPart, type Kept } from '../../tables/receipts/receipts.ts';
import { behindOf, lastRoot, rootOf } from '../../tables/receipts/roots.ts';
import { differs, type Findings, missing, ownFaults, together } from './differences.ts';
import { daysOf, isOver } from './kept.ts';
import { dayBefore, type Gap, lostIn } from './lost.ts';
import { rootAbove, rootBelow, rootDiffers, staleDiffers } from './root.ts';
import type { VerifyEnv } from './stores.ts';

/* A day: what was added to the chains between its root and the one before, receipt by receipt. */

/** Receipts of one answer. */
const MOST_WALKED = 500;

export interface DayVerified extends Findings {
  day: string;
  /** `open`: its root is not written yet, and the heads of the chains stand for it. `before`: nothing was recorded by then. */
  state: 'rooted' | 'open' | 'before';
  /** Receipts of this answer, and the items that they are of. */
  receipts: number;
  items: string[];
}

/** Where an answer was cut: the chain, the next number, and the digest that it must follow. */
export interface DayPlace {
  chain: string;
  number: number;
  previous: string;
}

type Ends = Readonly<Record<string, Head>>;

interface Span {
  chain: string;
  /** The last receipt before the day; undefined where the day begins the chain. */
  before: Head | undefined;
  end: Head;
}

export async function verifyDay(
  day: string,
  may: (automation: string) => boolean,
  from: DayPlace | undefined,
  env: VerifyEnv,
): Promise<DayVerified & { next?: DayPlace }> {
  const { state, spans, said: ofRoots } = await spansOf(day, may, env);
  const mine = spans.filter(({ chain }) => from === undefined || chain >= from.chain);
  // What is said of the roots is said once.
  const found: Findings[] = from ? [] : [ofRoots];
  const items = new Set<string>();
  let receipts = 0;
  let next: DayPlace | undefined;
  for (const span of mine) {
    const at =
      from?.chain === span.chain
        ? from
        : { chain: span.chain, number: (span.before?.number ?? 0) + 1, previous: span.before?.digest ?? '' };
    if (receipts >= MOST_WALKED) {
      next = at;
      break;
    }
    const to = Math.min(span.end.number, at.number + MOST_WALKED - receipts - 1);
    const part = await walked(span, at, to, env);
    found.push(part.said);
    for (const { receipt } of part.kept) if (receipt.item) items.add(receipt.item);
    receipts += part.kept.length;
    if (to < span.end.number) {
      // Of one that is missing, nobody knows what the next one must follow.
      const previous = part.kept.find(({ number }) => number === to)?.digest ?? '';
      next = { chain: span.chain, number: to + 1, previous };
      break;
    }
  }
  const { differences, notes } = together(...found);
  // One root may be missed by the day and by the day after.
  const said = { differences: [...new Set(differences)], notes };
  return { day, state, receipts, items: [...items], ...said, ...(next ? { next } : {}) };
}

/** The part of each chain that is under the day's root and not under the one before. */
async function spansOf(
  day: string,
  may: (automation: string) => boolean,
  env: VerifyEnv,
): Promise<{ state: DayVerified['state']; spans: Span[]; said: Findings }> {
  const { RECEIPT_TABLE: table, AUDIT_BUCKET: bucket } = env;
  const last = await lastRoot(table);
  const root = await rootAbove(day, bucket);
  const due = root !== undefined || (last !== undefined && last.day >= day);
  // Under the first root of all, or under none, are chains from their first receipt on: days before it have nothing.
  const first = root?.day === day || root?.previous ? undefined : await firstDay(may, env);
  if (first !== undefined && day < first)
    return {
      ...{ state: 'before', spans: [] },
      said: { differences: [], notes: [`${day}: the first receipt is of ${first}`] },
    };
  const named = root ? root.previous : last;
  const below = root?.previous || (due && !root) ? undefined : await rootBelow(root?.day ?? day, bucket);
  const before = await rootBefore(named, below, bucket);
  const { itemDays } = daysOf('*', env);
  // What lies above the last root is of other days than one whose root is gone.
  const heads = due && !root ? undefined : (root?.chains ?? (await allHeads(table)));
  const said = [
    due ? above(day, root, isOver(day, itemDays)) : differs(),
    named && !before
      ? missing(`root of ${named.day}`, isOver(named.day, itemDays) ? 'expired' : undefined)
      : differs(),
    root ? rootDiffers(root, last) : differs(),
    before ? rootDiffers(before, named) : differs(),
    // Who writes the table can write there which root is the last.
    staleDiffers('table of receipts', last, root ?? before),
    root ? staleDiffers(`root of ${root.day}`, root.previous, below) : differs(),
    before && heads ? behindDiffers(before, heads, may) : differs(),
  ];
  const spans = spansBetween(before, heads ?? {}).filter(({ chain }) => may(chain));
  return { state: root ? 'rooted' : 'open', spans, said: together(...said) };
}

/** As it is named, unless the bucket has a later one. */
async function rootBefore(
  named: { day: string } | undefined | null,
  below: Root | undefined,
  bucket: string,
): Promise<Root | undefined> {
  if (below && !(named && named.day >= below.day)) return below;
  return named ? rootOf(bucket, named.day) : undefined;
}

function behindDiffers(before: Root, heads: Ends, may: (automation: string) => boolean): Findings {
  const mine = behindOf(before, heads).filter(({ chain }) => may(chain));
  return differs(...mine.map(({ said }) => said));
}

/** The day of the oldest first receipt of these chains; undefined where a chain's first one is gone, so that nobody knows. */
async function firstDay(may: (automation: string) => boolean, env: VerifyEnv): Promise<string | undefined> {
  const chains = Object.keys(await allHeads(env.RECEIPT_TABLE)).filter(may);
  const firsts = await Promise.all(
    chains.map(async (chain) => {
      const { receipts } = await chainPart(env.RECEIPT_TABLE, chain, { from: 1, to: 1 });
      return receipts[0]?.receipt.at?.slice(0, 10);
    }),
  );
  return firsts.includes(undefined) ? undefined : firsts.sort()[0];
}

function above(day: string, root: Root | undefined, expired: boolean): Findings {
  if (!root || root.previous?.day === day) return missing(`root of ${day}`, expired ? 'expired' : undefined);
  return root.day === day
    ? differs()
    : { differences: [], notes: [`${day} has no root: it is under that of ${root.day}`] };
}

function spansBetween(before: Root | undefined, heads: Ends): Span[] {
  return Object.entries(heads)
    .map(([chain, end]) => ({ chain, before: before?.chains[chain], end }))
    .filter((span) => span.end.number > (span.before?.number ?? 0))
    .sort((a, b) => (a.chain < b.chain ? -1 : 1));
}

async function walked(
  { chain, before, end }: Span,
  from: DayPlace,
  to: number,
  env: VerifyEnv,
): Promise<{ kept: Kept[]; said: Findings }> {
  const kept: Kept[] = [];
  let after: Awaited<ReturnType<typeof chainPart>>['last'];
  do {
    const part = await chainPart(env.RECEIPT_TABLE, chain, { from: from.number, to, after });
    kept.push(...part.receipts);
    after = part.last;
  } while (after);
  const { itemDays } = daysOf(chain, env);
  const said = walkFaults(kept, { from, to, end }, (at) => isOver(at, itemDays));
  const gap = isOver(end.at, itemDays) ? undefined : gapIn(kept, { from: from.number, to }, before, end);
  return { kept, said: gap ? together(said, await lostIn(chain, gap, env)) : said };
}

/** The time in which what is missing was recorded, from the first of them to the last. */
function gapIn(
  kept: readonly Kept[],
  { from, to }: { from: number; to: number },
  before: Head | undefined,
  end: Head,
): Gap | undefined {
  const at = new Map(kept.map(({ number, receipt }) => [number, receipt.at]));
  const lost = Array.from({ length: to - from + 1 }, (_, of) => from + of).filter((it) => !at.has(it));
  const [first, last] = [lost[0], lost.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const until = at.get(last + 1) ?? end.at;
  return { from: at.get(first - 1) ?? before?.at ?? dayBefore(until), to: until };
}

/** Receipts in the order of their numbers, from one to another, each after the one before. */
export function walkFaults(
  kept: readonly Kept[],
  { from, to, end }: { from: DayPlace; to: number; end: Head },
  expired: (at: string) => boolean,
): Findings {
  const at = `chain of ${from.chain}`;
  const byNumber = Map.groupBy(kept, ({ number }) => number);
  const found: Findings[] = [];
  let previous = from.previous;
  for (let number = from.number; number <= to; number += 1) {
    const [one, ...others] = byNumber.get(number) ?? [];
    if (!one) {
      found.push(missing(`${at}: receipt ${number}`, expired(end.at) ? 'expired' : undefined));
      previous = '';
      continue;
    }
    found.push(differs(...ownFaults(one)));
    if (others.length > 0) found.push(differs(`${at}: there are ${others.length + 1} receipts ${number}`));
    const follows = number === 1 ? one.receipt.previous === null : one.receipt.previous === previous;
    // After one that is missing, nobody knows which it must follow.
    if (!follows && (previous !== '' || number === 1))
      found.push(differs(`${at}: receipt ${number} does not follow receipt ${number - 1}`));
    previous = one.digest;
  }
  if (to === end.number && previous !== '' && previous !== end.digest)
    found.push(differs(`${at}: it ends with another receipt ${to} than its root or head names`));
  return together(...found);
}
