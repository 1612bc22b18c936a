import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { Verdict } from '../contract/item/status.ts';
import { readSecret } from '../kit/secrets.ts';

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
 * Whether a seal matches today's key; a container that still holds the earlier key reads it once more.
 * @throws SystemError if the secret holds no key
 */
export async function isSealed(
  seal: string | undefined,
  secretId: string,
  make: (key: string) => string,
): Promise<boolean> {
  if (!seal) return false;
  return same(seal, make(await sealKey(secretId))) || same(seal, make(await sealKey(secretId, 0)));
}

/** Of the documents of one generation of an item: the same for two deliveries, and nothing to whoever has not the key. */
export function saltOf(key: string, { id, generation }: Pick<ItemRow, 'id' | 'generation'>): string {
  return sealed(key, ['salt', id, generation]).slice(0, 32);
}

export async function sealKey(secretId: string, keepMs = Number.POSITIVE_INFINITY): Promise<string> {
  const { key } = await readSecret<{ key: string }>(secretId, keepMs);
  return key;
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
