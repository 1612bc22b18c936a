import type { DynamoDBRecord } from 'aws-lambda';
import type { EnvFor } from '../contract/env.ts';
import type { ApprovalCommand } from '../contract/item/messages.ts';
import type { Child } from '../contract/item/row.ts';
import { type ItemStatus, RESTING } from '../contract/item/status.ts';
import { send } from '../kit/queue/send.ts';
import { tellParent } from '../tables/items/family.ts';

/** How a child stands, for its parent. */
interface News {
  parent: string;
  child: Child;
  /** It has come to rest: the parent's timeline says so. */
  rests: boolean;
  /** It takes an action of its parent back: messages about that one say how far it has come. */
  takesBack: boolean;
}

/** Children that are new, and those that have come to rest, in the order of the stream. */
export function newsOfChildren(records: readonly DynamoDBRecord[]): News[] {
  return records.flatMap(({ dynamodb }) => {
    const now = dynamodb?.NewImage;
    const before = dynamodb?.OldImage;
    const parent = now?.ancestors?.L?.at(-1)?.S;
    const status = now?.status?.S as ItemStatus | undefined;
    if (!now || !parent || !status || status === before?.status?.S) return [];
    const rests = RESTING.includes(status);
    if (before && !rests) return [];
    const child = { id: now.id?.S ?? '', status, at: now.updatedAt?.S ?? '' };
    return [{ parent, child, rests, takesBack: now.compensates !== undefined }];
  });
}

/** One after the other: children of one parent are in one row. May be repeated. */
export async function tellParents(
  news: readonly News[],
  env: Pick<EnvFor<'record/publish'>, 'ITEM_TABLE' | 'APPROVALS_QUEUE_URL'>,
): Promise<void> {
  for (const { parent, child, rests, takesBack } of news) {
    const approvalId = await tellParent(env.ITEM_TABLE, parent, child, rests);
    const command: ApprovalCommand = { approvalId: approvalId ?? '', command: 'tell' };
    if (takesBack && approvalId) await send(env.APPROVALS_QUEUE_URL, command);
  }
}
