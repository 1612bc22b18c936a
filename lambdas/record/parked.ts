import type { DynamoDBRecord } from 'aws-lambda';
import { NEIGHBOUR_KINDS } from '../contract/neighbour.ts';
import type { Parked } from '../tables/redrives/parked-for.ts';

/** Items that came to be parked as a neighbour was down, of the stream of items. */
export function parkedForNeighbours(records: readonly DynamoDBRecord[]): Parked[] {
  return records.flatMap(({ dynamodb }) => {
    const now = dynamodb?.NewImage;
    if (now?.status?.S !== 'parked' || dynamodb?.OldImage?.status?.S === 'parked') return [];
    const { kind: said, name } = now.error?.M?.neighbour?.M ?? {};
    const kind = NEIGHBOUR_KINDS.find((it) => it === said?.S);
    const { automation, receivedAt, updatedAt } = now;
    if (!kind || !name?.S || !automation?.S || !receivedAt?.S || !updatedAt?.S) return [];
    const neighbour = { kind, name: name.S };
    return [{ automation: automation.S, receivedAt: receivedAt.S, neighbour, at: updatedAt.S }];
  });
}
