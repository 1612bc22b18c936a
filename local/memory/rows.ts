import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Attributes, Invalid } from './expressions.ts';

/* Rows as the service keeps them. */

/** Of the service, not of the marshaller: bytes of a row (about), and the numbers that it can hold. */
const MOST_BYTES = 400 * 1024;
const LEAST_NUMBER = 1e-130;
const MOST_NUMBER = 9.9e125;

/** As the table keeps it: through the real marshaller and back. */
export function kept(row: Attributes): Attributes {
  return unmarshall(marshall(row, { removeUndefinedValues: true }));
}

/**
 * What the service refuses and the marshaller does not. Only of rows that our code writes: a test may lay
 * down what it likes.
 */
export function refuseUnfit(row: Attributes): void {
  if (Buffer.byteLength(JSON.stringify(row)) > MOST_BYTES) throw new Invalid('the row is above 400 KB');
  for (const [, number] of JSON.stringify(marshall(row)).matchAll(/"N":"([^"]+)"/g)) {
    const size = Math.abs(Number(number));
    if (size > MOST_NUMBER || (size > 0 && size < LEAST_NUMBER))
      throw new Invalid(`the number ${number} is out of range`);
  }
}

/** A row's place in its table: its id (with the sort key where there is one), or in the audit table its month and its order. */
export function identityOf(row: Attributes): string {
  if (row.id === undefined) return `${row.month}|${row.order}`;
  if (row.change !== undefined) return `${row.id}|${row.change}`;
  return String(row.id).includes('_subject#') ? `${row.id}|${row.item}` : String(row.id);
}

export function cancelled(CancellationReasons: object[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons,
  });
}
