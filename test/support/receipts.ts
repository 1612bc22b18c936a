import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import { actsAlone } from '../../lambdas/record/alone.ts';
import { auditEntries, putAudits } from '../../lambdas/tables/audit/audit.ts';
import { approvalId, bodyKey, itemKey, originalKey, proposalKey } from '../../lambdas/tables/keys.ts';
import { FACTS } from './audit.ts';
import { itemRow, lineageEntry, PAY } from './fixtures.ts';
import { time, world } from './world.ts';

/* Items with all that lies in their stores, as a run leaves it, and the changes that the stream tells of them. */

/** Words of a person: nowhere but in content. */
export const WORDS = 'Hilde Berger was charged twice for the blue lamp';
export const DOCUMENT = Buffer.from('a photographed invoice of Hilde Berger');

export const idOf = (digit: string) => itemKey('demo', digit.repeat(32));

export function change(before: Partial<ItemRow> | undefined, now: ItemRow): DynamoDBRecord {
  const image = (row: ItemRow) => marshall(row, { removeUndefinedValues: true });
  const OldImage = before && image({ ...now, ...before });
  return {
    eventName: OldImage ? 'MODIFY' : 'INSERT',
    dynamodb: { NewImage: image(now), ...(OldImage ? { OldImage } : {}) },
  } as DynamoDBRecord;
}

/** An item with its body, and with a document where it is to have one; as it was thought about, not ended yet. */
function judged(id: string, verdict: 'act' | 'ask' | 'refuse'): ItemRow {
  const document = {
    ...{ ...PAY, itemId: id, automation: 'demo', generation: 1, verdict, label: 'Billing', text: WORDS },
    ...{
      salt: id.slice(-8),
      promptVersions: ['route.v1'],
      policyVersion: 'policy-7',
      reasons: ['the rules'],
    },
  };
  const proposalDigest = digest(document);
  const key = proposalKey(id, 1, proposalDigest);
  world.content.set(`bucket/${bodyKey(id)}`, JSON.stringify({ text: WORDS }));
  world.beside.set(`bucket/${bodyKey(id)}`, { salt: `salt-of-${id.slice(-8)}` });
  world.content.set(`bucket/${key}`, JSON.stringify(document));
  world.files.set(`uploads/${originalKey(id, 'doc-1')}`, {
    ...{ bytes: DOCUMENT, contentType: 'image/png', at: time.at },
  });
  return itemRow({
    ...{ id, status: 'processing', label: 'Billing', verdict, reasons: ['the rules'], bodyKey: bodyKey(id) },
    ...{ proposalKey: key, proposalDigest, costUsd: 0.0002, tokens: { input: 100, output: 10 } },
    documents: [{ ref: 'doc-1', bytes: DOCUMENT.length, status: 'read', sha256: sha256(DOCUMENT) }],
    lineage: [lineageEntry(), lineageEntry({ step: 'order', source: 'orders', model: 'none' })],
    updatedAt: iso(-60),
  });
}

/** The text of a receipt's row. */
export const recordIn = (row: object | undefined) =>
  inflateRawSync((row as { record: Uint8Array }).record).toString();
/** The row with another text in it. */
export const withRecord = (row: object | undefined, record: string) => ({
  ...row,
  record: new Uint8Array(deflateRawSync(record)),
});

const iso = (seconds: number) => new Date(time.at + seconds * 1000).toISOString();

function withAction(row: ItemRow): ItemRow {
  const idempotencyKey = `${row.id}-${row.proposalDigest?.slice(0, 16)}`;
  const result = { status: 200, reference: 'R-1' };
  return {
    ...row,
    action: { name: 'pay', status: 'done', idempotencyKey, result },
    ledger: { [idempotencyKey.slice(row.id.length + 1)]: { state: 'done', generation: 1, tries: 1, result } },
  };
}

/** Puts an item as it is now into the table. @returns the change that the stream tells */
function ended(row: ItemRow, before: ItemRow['status']): DynamoDBRecord {
  world.tables.put('items', row);
  return change({ status: before }, row);
}

/** Acted alone, and is done. */
export async function doneAlone(digit: string): Promise<DynamoDBRecord> {
  const row = judged(idOf(digit), 'act');
  await putAudits('audit', actsAlone([change(undefined, row)]));
  return ended({ ...withAction(row), status: 'done', updatedAt: iso(0) }, 'acting');
}

export async function refused(digit: string): Promise<DynamoDBRecord> {
  return ended({ ...judged(idOf(digit), 'refuse'), status: 'refused', updatedAt: iso(0) }, 'processing');
}

/** Two people were asked and one of them approved; then it was done. */
export async function approved(digit: string): Promise<DynamoDBRecord> {
  const row = judged(idOf(digit), 'ask');
  const id = approvalId(row.id, 1);
  const by = { by: 'ann@example.com', channel: 'mail' as const };
  const approval = {
    ...{ id, itemId: row.id, generation: 1, automation: 'demo', status: 'decided', version: 3, facts: FACTS },
    ...{ askedDigest: row.proposalDigest, digest: row.proposalDigest, proposalKey: row.proposalKey },
    ...{
      askedKey: row.proposalKey,
      group: 'leads',
      quorum: 1,
      createdAt: iso(-50),
      expiresAt: 2_000_000_000,
    },
    ...{ decision: 'approve', decidedBy: 'ann@example.com', decidedAt: iso(-20), phase: 'closed#2026-12' },
    votes: { 'ann@example.com': { at: iso(-20), digest: row.proposalDigest } },
    trail: [
      { at: iso(-50), event: 'asked', to: 'leads' },
      { at: iso(-20), event: 'approved', ...by, comment: WORDS },
      { at: iso(-20), event: 'decided', ...by, decision: 'approve', digest: row.proposalDigest },
    ],
  } as unknown as ApprovalRow;
  world.tables.put('approvals', approval);
  await putAudits('audit', auditEntries(approval));
  return ended({ ...withAction(row), approvalId: id, status: 'done', updatedAt: iso(0) }, 'acting');
}
