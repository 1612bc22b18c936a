import type { ActionReceipt, Digested, Outcome, Receipt } from '../../contract/item/receipt.ts';
import { digest, sha256 } from '../../kit/digest.ts';
import { type Kept, recordOf } from '../../tables/receipts/receipts.ts';

/* What differs between a receipt and what is there, each by its name. Pure: what is there was read before. */

/** What differs, and what cannot be compared any more and why that is right. */
export interface Findings {
  differences: string[];
  notes: string[];
}

/** Why something is not there any more; undefined where nothing says that it may be gone. */
export type Gone = 'erased' | 'expired' | 'on its way' | 'no salt to compare it by' | undefined;

export function missing(what: string, gone: Gone): Findings {
  return gone ? { differences: [], notes: [`${what}: ${gone}`] } : differs(`${what}: missing`);
}

export function differs(...differences: string[]): Findings {
  return { differences, notes: [] };
}

export function together(...all: readonly Findings[]): Findings {
  return {
    differences: all.flatMap(({ differences }) => differences),
    notes: all.flatMap(({ notes }) => notes),
  };
}

/** Whether a receipt is what was hashed. */
export function ownFaults({ receipt, digest: kept, record, chain, number }: Kept): string[] {
  const named = `receipt ${number} of ${chain}`;
  if (sha256(record) !== kept) return [`${named}: digest differs`];
  const right = recordOf(receipt) === record && receipt.automation === chain && receipt.number === number;
  return right ? [] : [`${named}: its record is another one's`];
}

/** What no erasure and no end of its time takes from a row. */
const OF_ROW = [
  ...(['client', 'receivedAt', 'label', 'verdict', 'reasons', 'degraded', 'error'] as const),
  ...(['lineage', 'costUsd', 'tokens'] as const),
] as const satisfies readonly (keyof Outcome)[];

const OF_APPROVAL = [
  ...(['status', 'decision', 'decidedAt', 'group', 'quorum', 'people', 'digest'] as const),
] as const;

/** The facts of a row, of its approval and of its actions against the receipt. */
export function factsDiffer(was: Receipt, now: Outcome, gone: Gone): Findings {
  const row = OF_ROW.filter((field) => !same(was[field], now[field])).map((field) => `row: ${field} differs`);
  if (was.proposal?.digest !== now.proposal?.digest) row.push('row: proposal digest differs');
  return together(differs(...row), approvalDiffers(was, now), actionsDiffer(was, now, gone));
}

function approvalDiffers({ approval: was }: Receipt, { approval: now }: Outcome): Findings {
  if (!was) return differs();
  if (!now || now.id !== was.id) return differs('approval: missing');
  const fields = OF_APPROVAL.filter((field) => !same(was[field], now[field]));
  return differs(...fields.map((field) => `approval: ${field} differs`));
}

function actionsDiffer(was: Receipt, now: Outcome, gone: Gone): Findings {
  const [before = [], after = []] = [was.actions, now.actions];
  const lost = after.length === before.length ? [] : ['row: number of actions differs'];
  return together(differs(...lost), ...before.map((action, at) => actionDiffers(action, after[at], gone)));
}

function actionDiffers(was: ActionReceipt, now: ActionReceipt | undefined, gone: Gone): Findings {
  if (!now) return differs();
  const named = `action ${was.name}`;
  const fields = (['name', 'status', 'idempotencyKey', 'result'] as const).filter(
    (field) => was[field] !== now[field],
  );
  const others = differs(...fields.map((field) => `${named}: ${field} differs`));
  if (was.parameters === now.parameters) return others;
  if (now.parameters === undefined) return together(others, missing(`parameters of ${named}`, gone));
  return together(others, differs(`${named}: parameters differ`));
}

/** Things that are compared by their digests alone. @param found by name; a digest is absent of what is not there */
export function digestsDiffer(
  kind: string,
  was: readonly Digested[],
  found: ReadonlyMap<string, string | undefined>,
  gone: Gone,
): Findings {
  const compared = was.map(({ name, digest: before }) => {
    const now = found.get(name);
    if (before === undefined) return { differences: [], notes: [`${kind} ${name}: gone before its receipt`] };
    if (now === undefined) return missing(`${kind} ${name}`, gone);
    return now === before ? differs() : differs(`${kind} ${name}: digest differs`);
  });
  return together(...compared);
}

export function same(one: unknown, other: unknown): boolean {
  return digest(one) === digest(other);
}

export interface Neighbours {
  /** All receipts of the number before, and after; more than one is a fork. */
  before: readonly Kept[];
  own: readonly Kept[];
  after: readonly Kept[];
  head: { number: number; digest: string } | undefined;
}

/** A receipt's place between its neighbours. @param expired whether one of that time is no longer kept */
export function chainFaults(
  { receipt, digest: own, number, chain }: Kept,
  { before, own: sameNumber, after, head }: Neighbours,
  expired: (at: string) => boolean,
): Findings {
  const at = `chain of ${chain}`;
  const found: Findings[] = [];
  if (sameNumber.length > 1) found.push(differs(`${at}: there are ${sameNumber.length} receipts ${number}`));
  const [previous] = before;
  if (number > 1) {
    if (previous && receipt.previous !== previous.digest)
      found.push(differs(`${at}: receipt ${number} does not follow receipt ${number - 1}`));
    if (!previous)
      found.push(
        missing(`${at}: receipt ${number - 1}`, expired(receipt.previousAt ?? '') ? 'expired' : undefined),
      );
  } else if (receipt.previous !== null) found.push(differs(`${at}: its first receipt follows another one`));
  if (!head) found.push(differs(`${at}: head: missing`));
  else if (number > head.number) found.push(differs(`${at}: receipt ${number} is behind the head`));
  else if (number === head.number && own !== head.digest)
    found.push(differs(`${at}: the head is another one than receipt ${number}`));
  else if (number < head.number && after.length === 0)
    found.push(differs(`${at}: receipt ${number + 1}: missing`));
  const astray = after.some((next) => next.receipt.previous !== own);
  if (astray) found.push(differs(`${at}: receipt ${number + 1} does not follow receipt ${number}`));
  return together(...found);
}
