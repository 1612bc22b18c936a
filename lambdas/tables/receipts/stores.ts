import type { ApprovalRow } from '../../contract/approval.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { newLinkToken } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { type Beside, getWith, putOnce } from '../../kit/objects.ts';
import { getApproval } from '../approvals/approvals.ts';
import { bodyKey, receiptSaltKey } from '../object-keys.ts';
import { inputKeys, witnessIn } from './witness.ts';

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
  /** By the last part of its key; of what was not read, the digest alone. */
  input: readonly { name: string; value?: unknown; digest?: string }[];
  /** What was carried out: the gate's, or the one with an approver's edits. */
  proposal: ProposalDocument | undefined;
}

/** All of it, for whoever holds it against a receipt. */
export async function contentsOf(row: ItemRow, stores: OutcomeStores): Promise<Contents> {
  const { approval, proposal } = await decided(row, stores);
  return read(row, stores.contentBucket, saltOf, { approval, proposal: proposal?.value });
}

/**
 * What its receipt is made of. What came is read only where nobody wrote down what was thought about. The item's salt is made where
 * there is content and none yet: a digest outlives erasure and the salt does not, so that what is left of an item that has none is no
 * digest of its words.
 */
export async function tellingOf(row: ItemRow, stores: OutcomeStores): Promise<Contents> {
  const { approval, proposal } = await decided(row, stores);
  const witness = proposal && witnessIn(row, proposal.beside);
  if (!witness) return read(row, stores.contentBucket, madeSalt, { approval, proposal: proposal?.value });
  const { salt, input: digest } = witness;
  const key = bodyKey(row.id);
  return { approval, salt, saltKey: key, input: [{ name: nameOf(key), digest }], proposal: proposal.value };
}

async function decided(row: ItemRow, { approvalTable, contentBucket }: OutcomeStores) {
  const approval = row.approvalId ? await asked(approvalTable, row.approvalId) : undefined;
  const key = approval?.proposalKey ?? row.proposalKey;
  const proposal = key === undefined ? undefined : await there<ProposalDocument>(contentBucket, key);
  return { approval, proposal };
}

async function read(
  row: ItemRow,
  bucket: string,
  otherSalt: typeof saltOf,
  decision: Pick<Contents, 'approval' | 'proposal'>,
): Promise<Contents> {
  const found = await Promise.all(
    inputKeys(row).map(async (key) => ({ key, ...(await there(bucket, key)) })),
  );
  // What is another item's goes with that one, and so would the salt.
  const own = found.find((it) => it.beside?.salt !== undefined && it.key.startsWith(`items/${row.id}/`));
  const isThere = found.some((it) => it.value !== undefined);
  const salt = own ? own.beside?.salt : await (isThere ? otherSalt : saltOf)(bucket, row.id);
  const input = found.map(({ key, value }) => ({ name: nameOf(key), value }));
  return { ...decision, salt, saltKey: own?.key ?? receiptSaltKey(row.id), input };
}

/** A row that holds nothing but that its question expired before it was put is none. */
async function asked(table: string, id: string): Promise<ApprovalRow | undefined> {
  const row = await getApproval(table, id);
  return row?.facts === undefined ? undefined : row;
}

export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
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
): Promise<{ value: T; beside: Beside } | undefined> {
  return getWith<T>(bucket, key).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}
