import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { Verdict } from '../contract/item/status.ts';
import { readSecret } from '../kit/secrets.ts';

/*
 * Who wrote a verdict or a decision: a row in a table can be written by more functions than the one that may judge. Two keys, so
 * that who may judge cannot decide: see ADR 0028.
 */

/** Everything in a verdict that `act` goes by. */
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

/** Everything in an approval that `act` goes by. */
export interface Approved {
  approvalId: string;
  automation: string;
  askedDigest: string;
  /** Of the document that is carried out: the asked one, or that with the approver's edits. */
  digest: string;
  decidedBy: string;
  /** How often decisions about it were taken back. */
  round: number;
}

/** By the gate, with the key of its automation: hexadecimal. */
export function sealVerdict(key: string, judged: Judged): string {
  const { itemId, automation, generation, digest, verdict, action, risk } = judged;
  return sealed(key, ['verdict', automation, itemId, generation, digest, verdict, action, risk]);
}

/** By whoever takes decisions: hexadecimal. There is none for a decision that is no approval. */
export function sealApproval(key: string, approved: Approved): string {
  const { approvalId, automation, askedDigest, digest, decidedBy, round } = approved;
  return sealed(key, ['approval', automation, approvalId, askedDigest, digest, decidedBy, round]);
}

/* As JSON: no two lists are one text. */
function sealed(key: string, parts: readonly (string | number)[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
}

/**
 * Whether a seal is the one that `make` gives with the key of today; a container that still has the key of before looks once more.
 * @throws SystemError when the secret holds no key
 */
export async function isSealed(
  seal: string | undefined,
  secretId: string,
  make: (key: string) => string,
): Promise<boolean> {
  if (!seal) return false;
  return same(seal, make(await sealKey(secretId))) || same(seal, make(await sealKey(secretId, 0)));
}

/** Read once in a container's life. */
export async function sealKey(secretId: string, keepMs = Number.POSITIVE_INFINITY): Promise<string> {
  const { key } = await readSecret<{ key: string }>(secretId, keepMs);
  return key;
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The part of a verdict that is in the document that it is about. */
export function judgedOf(row: Pick<ItemRow, 'proposalDigest'>, document: ProposalDocument): Judged {
  const { itemId, automation, generation, verdict, action, risk } = document;
  return { itemId, automation, generation, verdict, action, risk, digest: row.proposalDigest ?? '' };
}
