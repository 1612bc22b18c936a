import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { ItemRow } from '../../contract/item/row.ts';

/**
 * A batch of one shard. Only the mapping of a stream with a tumbling window tells which shard it is; nothing of a window is kept, and the
 * last batch of one may be empty.
 */
export interface ItemBatch {
  Records?: DynamoDBRecord[];
  shardId: string;
}

/** One write to an item's row. */
export interface ItemChange {
  /** Grows with each change of a shard. */
  sequence: string;
  /** Undefined of a new item. */
  before?: ItemRow;
  now: ItemRow;
}

/** The changes of items that are still there: one whose time is over changes nothing that was. */
export function changesOf({ Records = [] }: ItemBatch): ItemChange[] {
  return Records.flatMap(({ dynamodb }) => {
    const { NewImage, OldImage, SequenceNumber } = dynamodb ?? {};
    if (!NewImage || SequenceNumber === undefined) return [];
    const before = OldImage ? { before: rowOf(OldImage) } : {};
    return [{ sequence: SequenceNumber, now: rowOf(NewImage), ...before }];
  });
}

function rowOf(image: object): ItemRow {
  return unmarshall(image as Parameters<typeof unmarshall>[0]) as ItemRow;
}
