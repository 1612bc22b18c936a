import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ApprovalRow } from '../shared/approval.ts';
import { dynamo } from '../shared/clients.ts';
import { getContent } from '../shared/content.ts';
import { digest } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import { SystemError } from '../shared/errors.ts';
import type { ItemRow, ProposalDocument } from '../shared/item.ts';
import { count } from '../shared/telemetry.ts';

/** What may be done: the document, and its fingerprint. */
export interface Permitted {
  document: ProposalDocument;
  digest: string;
}

/**
 * The last lock before the world changes. It believes neither the message nor the execution: the gate's verdict and a person's
 * decision are read from the tables, and the document that is about to be carried out must be exactly the one they are about.
 * @throws SystemError when there is no permission, or it is for something else
 */
export async function permitted(env: EnvFor<'act/act'>, row: ItemRow): Promise<Permitted> {
  if (!row.proposalKey || !row.proposalDigest) throw new SystemError('the item has no proposal');
  if (row.verdict === 'act') {
    const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, row.proposalKey);
    if (isThe(document, row, row.proposalDigest)) return { document, digest: row.proposalDigest };
    count('proposalsTampered', row.automation);
    throw new SystemError('the proposal was changed after the gate: nothing was done');
  }
  if (row.verdict !== 'ask' || !row.approvalId)
    throw new SystemError('neither the gate nor a person allowed this action');
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: env.APPROVAL_TABLE, Key: { id: row.approvalId }, ConsistentRead: true }),
  );
  const approval = Item as ApprovalRow | undefined;
  if (
    approval?.status !== 'decided' ||
    approval.decision !== 'approve' ||
    !approval.carriedAt ||
    approval.vigilance
  ) {
    throw new SystemError('no person has approved this action');
  }
  if (approval.askedDigest !== row.proposalDigest) {
    count('proposalsTampered', row.automation);
    throw new SystemError('the approval is for another proposal: nothing was done');
  }
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
  if (isThe(document, row, approval.digest)) return { document, digest: approval.digest };
  count('proposalsTampered', row.automation);
  throw new SystemError('the proposal was changed after it was approved: nothing was done');
}

function isThe(document: ProposalDocument, { id }: ItemRow, allowed: string): boolean {
  return digest(document) === allowed && document.itemId === id;
}
