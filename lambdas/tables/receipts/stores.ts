import { createHmac } from 'node:crypto';
import type { ApprovalRow } from '../../contract/approval.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { asJson, canonicalJson, newLinkToken } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { getSalted, putOnce } from '../../kit/objects.ts';
import { getApproval } from '../approvals/approvals.ts';
import { bodyKey, rawKey, receiptSaltKey } from '../object-keys.ts';

/* What lies in the stores of an item when its outcome is recorded, and when somebody looks whether it still does. */

export interface OutcomeStores {
  approvalTable: string;
  contentBucket: string;
}

/** Undefined: it is not there. */
export interface Contents {
  approval: ApprovalRow | undefined;
  salt: string | undefined;
  /** The object that the salt lies with. */
  saltKey: string;
  /** By the last part of its key. */
  input: readonly { name: string; value: unknown }[];
  /** What was carried out: the gate's, or the one with an approver's edits. */
  proposal: ProposalDocument | undefined;
}

/**
 * @param makes the item's salt is made where there is content and none yet. A digest outlives erasure and the salt does not: what is
 *   left of an item that has none is no digest of its words
 */
export async function contentsOf(row: ItemRow, stores: OutcomeStores, makes = false): Promise<Contents> {
  const { contentBucket: bucket } = stores;
  const approval = row.approvalId ? await asked(stores.approvalTable, row.approvalId) : undefined;
  const key = approval?.proposalKey ?? row.proposalKey;
  const [found, proposal] = await Promise.all([
    Promise.all(inputKeys(row).map(async (it) => ({ key: it, ...(await there(bucket, it)) }))),
    key === undefined ? undefined : there<ProposalDocument>(bucket, key),
  ]);
  // What is another item's goes with that one, and so would the salt.
  const own = found.find((it) => it.salt !== undefined && it.key.startsWith(`items/${row.id}/`));
  const isThere = found.some((it) => it.value !== undefined);
  const salt = own ? own.salt : await (makes && isThere ? madeSalt : saltOf)(bucket, row.id);
  const input = found.map(({ key: it, value }) => ({ name: nameOf(it), value }));
  return { approval, salt, saltKey: own?.key ?? receiptSaltKey(row.id), input, proposal: proposal?.value };
}

/** A row that holds nothing but that its question expired before it was put is none. */
async function asked(table: string, id: string): Promise<ApprovalRow | undefined> {
  const row = await getApproval(table, id);
  return row?.facts === undefined ? undefined : row;
}

/** What it was thought about; what that replaced; and what came, where it was repaired or is no body. */
export function inputKeys(row: Pick<ItemRow, 'id' | 'bodyKey' | 'unfit' | 'repairs'>): string[] {
  const { id, bodyKey: used, unfit, repairs } = row;
  const bodies = unfit ? [] : [used, ...(used.startsWith(`items/${id}/`) ? [bodyKey(id)] : [])];
  return [...new Set([...bodies, ...(unfit || repairs ? [rawKey(id)] : [])])];
}

export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Of content, so that nobody can try guesses on it who has not the salt. */
export function saltedDigest(salt: string, value: unknown): string {
  return createHmac('sha256', salt)
    .update(canonicalJson(asJson(value)))
    .digest('hex');
}

/** The salt of an item whose input is another one's, or was stored without one. */
async function saltOf(bucket: string, itemId: string): Promise<string | undefined> {
  return (await there<{ salt: string }>(bucket, receiptSaltKey(itemId)))?.value.salt;
}

async function madeSalt(bucket: string, itemId: string): Promise<string | undefined> {
  const kept = await saltOf(bucket, itemId);
  if (kept !== undefined) return kept;
  const salt = newLinkToken();
  const written = await putOnce(bucket, receiptSaltKey(itemId), { salt });
  return written ? salt : saltOf(bucket, itemId);
}

/** Content has a shorter life than its item. @throws TransientError */
async function there<T = unknown>(
  bucket: string,
  key: string,
): Promise<{ value: T; salt?: string } | undefined> {
  return getSalted<T>(bucket, key).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}
