import { CARRYING_PHASE, OPEN_PHASE } from '../../contract/approval.ts';
import { above, all, below, type Condition, is, type Place, page, pages } from '../../kit/dynamo/rows.ts';
import type { ListedApproval } from '../indexes.ts';

/* Approvals by phase, from the index `byPhase`: open ones by what is due first, closed ones by time. */

const INDEX = 'byPhase';

/** Every open approval. `fields`: a row may be long, and there may be a thousand of them. */
export function allOpen<F extends keyof ListedApproval>(
  table: string,
  fields?: readonly F[],
): Promise<Pick<ListedApproval, F>[]> {
  return allIn(table, OPEN_PHASE, fields);
}

/** Every decision that can still be taken back, or whose command was lost. */
export function allCarrying(table: string): Promise<ListedApproval[]> {
  return allIn(table, CARRYING_PHASE);
}

async function allIn<F extends keyof ListedApproval>(
  table: string,
  phase: string,
  fields?: readonly F[],
): Promise<Pick<ListedApproval, F>[]> {
  const found: ListedApproval[] = [];
  const query = { index: INDEX, key: is('phase', phase), ...(fields ? { fields } : {}) };
  for await (const rows of pages<ListedApproval>(table, query)) found.push(...rows);
  return found;
}

export const MOST_ROWS = 3000;

/** What is open, by what comes due first; `cut` where there is more. */
export async function readOpen(table: string): Promise<{ rows: ListedApproval[]; cut: boolean }> {
  const rows: ListedApproval[] = [];
  let after: Place | undefined;
  do {
    const part = await page<ListedApproval>(table, { index: INDEX, key: is('phase', OPEN_PHASE), after });
    rows.push(...part.rows);
    after = part.last;
  } while (after && rows.length < MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), cut: after !== undefined || rows.length > MOST_ROWS };
}

/** What comes due first of the open approvals, about a megabyte; `cut` where there is more. */
export async function readSoon(table: string): Promise<{ rows: ListedApproval[]; cut: boolean }> {
  const { rows, last } = await page<ListedApproval>(table, { index: INDEX, key: is('phase', OPEN_PHASE) });
  return { rows, cut: last !== undefined };
}

export interface ClosedPlace {
  /** `closed#2026-11` */
  phase: string;
  /** The `phaseAt` next to which the page begins; empty for the newest. */
  place: string;
  towards: 'older' | 'newer';
}

export interface ClosedPage {
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
  const inPhase = is('phase', phase);
  const key: Condition<'phase' | 'phaseAt'> = place
    ? all<'phase' | 'phaseAt'>(inPhase, (older ? below : above)('phaseAt', place))
    : inPhase;
  const found: ListedApproval[] = [];
  let looked = 0;
  let lookedTo: string | undefined;
  let after: Place | undefined;
  do {
    const part = await page<ListedApproval>(table, { index: INDEX, key, newest: older, after });
    found.push(...part.rows.filter(fits));
    looked += part.rows.length;
    lookedTo = part.rows.at(-1)?.phaseAt ?? lookedTo;
    after = part.last;
  } while (after && found.length <= size && looked < MOST_ROWS);
  const rows = found.slice(0, size);
  const more = found.length > size ? rows.at(-1)?.phaseAt : after && lookedTo;
  return { rows: older ? rows : rows.reverse(), more };
}
