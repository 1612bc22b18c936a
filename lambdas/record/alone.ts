import type { DynamoDBRecord } from 'aws-lambda';
import type { HouseEntry } from '../tables/audit/audit.ts';
import { approvalId } from '../tables/keys.ts';

/** Audit entries for items that just acted alone: nothing else records them. Facts, no content. */
export function actsAlone(records: readonly DynamoDBRecord[]): HouseEntry[] {
  return records.flatMap(({ dynamodb }) => {
    const now = dynamodb?.NewImage;
    const before = dynamodb?.OldImage;
    const same = before?.verdict?.S !== undefined && before.generation?.N === now?.generation?.N;
    if (now?.verdict?.S !== 'act' || same) return [];
    const [id = '', at = ''] = [now.id?.S, now.updatedAt?.S];
    const generation = Number(now.generation?.N ?? 1);
    return [
      {
        month: at.slice(0, 7),
        order: `${at}#${approvalId(id, generation)}-alone#0000`,
        at,
        event: 'acts_alone' as const,
        itemId: id,
        generation,
        automation: now.automation?.S ?? '',
        by: 'the gate',
        ...(now.label?.S === undefined ? {} : { label: now.label.S }),
        reasons: (now.reasons?.L ?? []).flatMap(({ S }) => S ?? []),
        ...(now.proposalDigest?.S === undefined ? {} : { digest: now.proposalDigest.S }),
        expiresAt: Number(now.expiresAt?.N ?? 0),
      },
    ];
  });
}
