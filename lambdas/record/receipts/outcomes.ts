import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { OUTCOMES } from '../../contract/item/receipt.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { FINAL } from '../../contract/item/status.ts';
import { logger } from '../../kit/telemetry.ts';
import { outcomeOf } from '../../tables/receipts/outcome.ts';
import { addOutcomes, MOST_TOGETHER } from '../../tables/receipts/receipts.ts';
import { tellingOf } from '../../tables/receipts/stores.ts';

export interface ReceiptEnv {
  RECEIPT_TABLE: string;
  APPROVAL_TABLE: string;
  CONTENT_BUCKET: string;
  ITEM_DAYS: string;
}

/** Items as they were when they came to an outcome, in the order of the stream. */
export function outcomesIn(records: readonly DynamoDBRecord[]): ItemRow[] {
  return records.flatMap(({ dynamodb }) => {
    const before = dynamodb?.OldImage?.status?.S;
    const image = dynamodb?.NewImage;
    const status = image?.status?.S;
    if (!image || status === before || !isIn(OUTCOMES, status)) return [];
    // No code of ours leaves an end with another one, or begins with one: somebody wrote over the row, or brought it back from a copy.
    // The chain keeps what was, and `verify` tells the difference.
    if (isIn(FINAL, before) || (before === undefined && isIn(FINAL, status))) {
      logger.error('an outcome that nothing led to', { itemId: image.id?.S, status, before });
      return [];
    }
    return [unmarshall(image as Parameters<typeof unmarshall>[0]) as ItemRow];
  });
}

function isIn(statuses: readonly string[], status: string | undefined): boolean {
  return status !== undefined && statuses.includes(status);
}

/** Adds the outcomes of a batch to the chains of their automations, each once however often the batch comes. */
export async function chainOutcomes(records: readonly DynamoDBRecord[], env: ReceiptEnv): Promise<number> {
  let added = 0;
  const stores = { approvalTable: env.APPROVAL_TABLE, contentBucket: env.CONTENT_BUCKET };
  const chains = Map.groupBy(outcomesIn(records), ({ automation }) => automation);
  for (const [automation, rows] of chains) {
    for (let at = 0; at < rows.length; at += MOST_TOGETHER) {
      const part = rows.slice(at, at + MOST_TOGETHER);
      const outcomes = await Promise.all(
        part.map(async (row) => outcomeOf(row, await tellingOf(row, stores))),
      );
      added += await addOutcomes(env.RECEIPT_TABLE, automation, outcomes, Number(env.ITEM_DAYS));
    }
  }
  return added;
}
