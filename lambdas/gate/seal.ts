import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { Verdict } from '../contract/item/status.ts';
import { readKey, readKeys } from '../kit/signed/keys.ts';

/* Who made a verdict or a decision. Two keys, so that the judging function cannot decide: see ADR 0028. */

/** Everything in a verdict that `act` relies on. */
export interface Judged {
  itemId: string;
  automation: string;
  generation: number;
  /** SHA-256 of the proposal document as the gate passed it. */
  digest: string;
  verdict: Verdict;
  action: string;
  risk: ProposalDocument['risk'];
}

/** Everything in an approval that `act` relies on. */
export interface Approved {
  approvalId: string;
  automation: string;
  askedDigest: string;
  /** Of the document to carry out: the original, or the one with the approver's edits. */
  digest: string;
  decidedBy: string;
  /** How often decisions about it were undone. */
  round: number;
}

/** By the gate, with the key of its automation: hexadecimal. */
export function sealVerdict(key: string, judged: Judged): string {
  const { itemId, automation, generation, digest, verdict, action, risk } = judged;
  return sealed(key, ['verdict', automation, itemId, generation, digest, verdict, action, risk]);
}

/** By the deciding function: hexadecimal. A decision that is no approval has none. */
export function sealApproval(key: string, approved: Approved): string {
  const { approvalId, automation, askedDigest, digest, decidedBy, round } = approved;
  return sealed(key, ['approval', automation, approvalId, askedDigest, digest, decidedBy, round]);
}

/* As JSON: no two lists give the same text. */
function sealed(key: string, parts: readonly (string | number)[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
}

/**
 * Whether a seal matches today's key, or one before it; a container that does not hold the latest asks for them once more.
 * @param keys the function that makes them @throws as `readKeys`
 */
export async function isSealed(
  seal: string | undefined,
  keys: string,
  make: (key: string) => string,
): Promise<boolean> {
  if (!seal) return false;
  const matches = (all: readonly string[]) => all.some((key) => same(seal, make(key)));
  return matches(await readKeys(keys, Number.POSITIVE_INFINITY)) || matches(await readKeys(keys, 0));
}

/** Of the documents of one generation of an item: the same for two deliveries, and nothing to whoever has not the key. */
export function saltOf(key: string, { id, generation }: Pick<ItemRow, 'id' | 'generation'>): string {
  return sealed(key, ['salt', id, generation]).slice(0, 32);
}

/** Today's, or what was today's when this container began: both are believed. @throws as `readKeys` */
export function sealKey(keys: string): Promise<string> {
  return readKey(keys, Number.POSITIVE_INFINITY);
}

/** Of what is remembered by a hash: today's first, then those it may be remembered by. @throws as `readKeys` */
export function hashKeys(keys: string): Promise<readonly [string, ...string[]]> {
  return readKeys(keys, Number.POSITIVE_INFINITY);
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The part of a verdict that is in its document. */
export function judgedOf(row: Pick<ItemRow, 'proposalDigest'>, document: ProposalDocument): Judged {
  const { itemId, automation, generation, verdict, action, risk } = document;
  return { itemId, automation, generation, verdict, action, risk, digest: row.proposalDigest ?? '' };
}
