import type { Grounds } from '../../contract/item/envelope.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import { SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import type { ListedItem } from '../items/lists.ts';
import { decisionsOn, type JudgedRow, judgedItems } from './judged.ts';

/* What was kept of judged items, for another policy to be asked about them. */

export interface JudgedStores {
  itemTable: string;
  approvalTable: string;
  bucket: string;
}

/** An item as another policy is asked about it. */
export interface Judged {
  id: string;
  receivedAt: string;
  generation: number;
  status: string;
  label?: string;
  /** What it came to: also by limits, caution and holds, which no policy knows of. */
  verdict?: string;
  /** What people said of it, if they were asked. */
  decision?: string;
  costUsd?: number;
  grounds: Grounds;
}

/** In the order of the rows; undefined for one of which nothing is kept: it is not judged, or its content has ended. */
export async function judgedAmong(
  listed: readonly ListedItem[],
  { itemTable, approvalTable, bucket }: JudgedStores,
): Promise<(Judged | undefined)[]> {
  const judged = listed.filter(({ verdict }) => verdict !== undefined).map(({ id }) => id);
  const rows = await judgedItems(itemTable, judged);
  const asked = [...rows.values()].flatMap(({ approvalId = [] }) => approvalId);
  const [approvals, documents] = await Promise.all([
    decisionsOn(approvalTable, asked),
    Promise.all([...rows.values()].map(async (row) => [row.id, await groundsOf(bucket, row)] as const)),
  ]);
  const kept = new Map(documents);
  return listed.map(({ id }) => {
    const [row, grounds] = [rows.get(id), kept.get(id)];
    if (!row || !grounds) return undefined;
    const { receivedAt, generation, status, label, verdict, costUsd, approvalId = '' } = row;
    const decision = approvals.get(approvalId);
    return {
      ...{ id, receivedAt, generation, status, grounds },
      ...(label === undefined ? {} : { label }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(decision === undefined ? {} : { decision }),
      ...(costUsd === undefined ? {} : { costUsd }),
    };
  });
}

async function groundsOf(bucket: string, { proposalKey }: JudgedRow): Promise<Grounds | undefined> {
  if (proposalKey === undefined) return undefined;
  const document = await getContent<ProposalDocument>(bucket, proposalKey).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
  return document?.grounds;
}
