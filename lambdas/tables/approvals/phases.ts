import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { OPEN_PHASE } from '../../contract/approval.ts';
import { dynamo } from '../../kit/aws.ts';
import type { ListedApproval } from '../indexes.ts';

export type { ListedApproval };

/** Rows looked at for one page; a desk with more has other worries than the rest of its list. */
export const MOST_ROWS = 3000;

/** What is open, by what comes due first; `cut` where there is more. */
export async function readOpen(table: string): Promise<{ rows: ListedApproval[]; cut: boolean }> {
  const rows: ListedApproval[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await readPage(table, 'phase = :phase', { ':phase': OPEN_PHASE }, { start });
    rows.push(...page.rows);
    start = page.last;
  } while (start && rows.length < MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), cut: start !== undefined || rows.length > MOST_ROWS };
}

export interface ClosedPlace {
  /** `closed#2026-11` */
  phase: string;
  /** The `phaseAt` next to which the page begins; empty for the newest. */
  place: string;
  towards: 'older' | 'newer';
}

export interface ClosedPage {
  /** Newest first. */
  rows: ListedApproval[];
  /** Where those lie that come next in the direction of reading; absent where there are none. */
  more?: string | undefined;
}

/** One page of what was closed in a month, as far as it fits. */
export async function readClosed(
  table: string,
  { phase, place, towards }: ClosedPlace,
  fits: (row: ListedApproval) => boolean,
  size: number,
): Promise<ClosedPage> {
  const older = towards === 'older';
  const key = place ? `phase = :phase AND phaseAt ${older ? '<' : '>'} :place` : 'phase = :phase';
  const values = { ':phase': phase, ...(place ? { ':place': place } : {}) };
  const found: ListedApproval[] = [];
  let looked = 0;
  let lookedTo: string | undefined;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await readPage(table, key, values, { start, newest: older });
    found.push(...page.rows.filter(fits));
    looked += page.rows.length;
    lookedTo = page.rows.at(-1)?.phaseAt ?? lookedTo;
    start = page.last;
  } while (start && found.length <= size && looked < MOST_ROWS);
  const rows = found.slice(0, size);
  const more = found.length > size ? rows.at(-1)?.phaseAt : start && lookedTo;
  return { rows: older ? rows : rows.reverse(), more };
}

async function readPage(
  table: string,
  key: string,
  values: Record<string, string>,
  { start, newest = false }: { start: Record<string, unknown> | undefined; newest?: boolean },
): Promise<{ rows: ListedApproval[]; last: Record<string, unknown> | undefined }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      IndexName: 'byPhase',
      KeyConditionExpression: key,
      ExpressionAttributeValues: values,
      ...(newest ? { ScanIndexForward: false } : {}),
      ...(start ? { ExclusiveStartKey: start } : {}),
    }),
  );
  return { rows: Items as ListedApproval[], last: LastEvaluatedKey };
}
