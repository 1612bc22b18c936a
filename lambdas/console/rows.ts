import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { OPEN_DESK } from '../contract/approval.ts';
import { dynamo } from '../kit/aws.ts';
import type { DeskRow } from '../tables/indexes.ts';

export type { DeskRow };

/** Rows looked at for one page; a desk with more has other worries than the rest of its list. */
export const MOST_ROWS = 3000;

/** What is open, by what comes due first; `cut` where there is more. */
export async function readOpen(table: string): Promise<{ rows: DeskRow[]; cut: boolean }> {
  const rows: DeskRow[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await readPage(table, 'desk = :desk', { ':desk': OPEN_DESK }, { start });
    rows.push(...page.rows);
    start = page.last;
  } while (start && rows.length < MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), cut: start !== undefined || rows.length > MOST_ROWS };
}

export interface ClosedPlace {
  /** `closed#2026-11` */
  desk: string;
  /** The `deskAt` next to which the page begins; empty for the newest. */
  place: string;
  towards: 'older' | 'newer';
}

export interface ClosedPage {
  /** Newest first. */
  rows: DeskRow[];
  /** Where those lie that come next in the direction of reading; absent where there are none. */
  more?: string | undefined;
}

/** One page of what was closed in a month, as far as it fits. */
export async function readClosed(
  table: string,
  { desk, place, towards }: ClosedPlace,
  fits: (row: DeskRow) => boolean,
  size: number,
): Promise<ClosedPage> {
  const older = towards === 'older';
  const key = place ? `desk = :desk AND deskAt ${older ? '<' : '>'} :place` : 'desk = :desk';
  const values = { ':desk': desk, ...(place ? { ':place': place } : {}) };
  const found: DeskRow[] = [];
  let looked = 0;
  let lookedTo: string | undefined;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await readPage(table, key, values, { start, newest: older });
    found.push(...page.rows.filter(fits));
    looked += page.rows.length;
    lookedTo = page.rows.at(-1)?.deskAt ?? lookedTo;
    start = page.last;
  } while (start && found.length <= size && looked < MOST_ROWS);
  const rows = found.slice(0, size);
  const more = found.length > size ? rows.at(-1)?.deskAt : start && lookedTo;
  return { rows: older ? rows : rows.reverse(), more };
}

async function readPage(
  table: string,
  key: string,
  values: Record<string, string>,
  { start, newest = false }: { start: Record<string, unknown> | undefined; newest?: boolean },
): Promise<{ rows: DeskRow[]; last: Record<string, unknown> | undefined }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      IndexName: 'byDesk',
      KeyConditionExpression: key,
      ExpressionAttributeValues: values,
      ...(newest ? { ScanIndexForward: false } : {}),
      ...(start ? { ExclusiveStartKey: start } : {}),
    }),
  );
  return { rows: Items as DeskRow[], last: LastEvaluatedKey };
}
