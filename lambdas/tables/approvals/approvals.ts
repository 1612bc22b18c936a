import type { ApprovalRow } from '../../contract/approval.ts';
import { get } from '../../kit/dynamo.ts';

/** What an approver said. Nothing else of an approval is the processor's business, least of all what it was asked with. */
export async function readComment(table: string, id: string): Promise<string> {
  const row = await get<ApprovalRow>(table, id, { fields: ['comment'] });
  return typeof row?.comment === 'string' ? row.comment : '';
}
