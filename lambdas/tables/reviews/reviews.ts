import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import { put } from '../../kit/dynamo/rows.ts';
import { reviewKey } from '../keys.ts';

/** The control table's row of an automation's last review, by whom and with what to say. The audit has all of them. */
export interface ReviewRow {
  id: string;
  at: string;
  by: string;
  note?: string;
}

/** What an automation's declaration says of reviews. */
export interface ReviewRule {
  /** The day of the last one when it was declared: `2026-11-20` */
  lastReviewed: string;
  reviewEveryDays: number;
}

export function readReview(table: string, automation: string): Promise<ReviewRow | undefined> {
  return getTogether(table, reviewKey(automation));
}

export async function putReview(
  table: string,
  automation: string,
  { by, note }: { by: string; note?: string | undefined },
): Promise<ReviewRow> {
  const row = { id: reviewKey(automation), at: isoNow(), by, ...(note === undefined ? {} : { note }) };
  await put(table, row);
  return row;
}

/** When it was last reviewed, as declared or recorded, whichever is later, and by when it is due again. */
export function reviewView({ lastReviewed, reviewEveryDays }: ReviewRule, row: ReviewRow | undefined) {
  const recorded = row && row.at.slice(0, 10) >= lastReviewed ? row : undefined;
  const last = recorded?.at.slice(0, 10) ?? lastReviewed;
  const due = Date.parse(last) + reviewEveryDays * DAY_SECONDS * 1000;
  return {
    lastReviewed: last,
    reviewEveryDays,
    reviewDue: new Date(due).toISOString().slice(0, 10),
    reviewOverdue: clock.now() > due,
    ...(recorded ? { review: noted(recorded) } : {}),
  };
}

function noted({ id: _, ...review }: ReviewRow): Omit<ReviewRow, 'id'> {
  return review;
}
