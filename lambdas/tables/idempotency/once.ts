import type { LineageEntry } from '../../contract/item/row.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { errorFacts, ProcessingError, TransientError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { type Claim, claimStep, keepAnswer, keepOverClaim, type MemoRow, releaseStep } from './memo.ts';

/** Long enough for a redrive weeks later. Answers are content: a shorter `retention.contentDays` wins. */
const REMEMBER_DAYS = 30;

/** How long a row with content is kept: never longer than the configuration keeps content. */
export function keepSeconds(ownDays: number, contentDays = Number.POSITIVE_INFINITY): number {
  return Math.min(ownDays, contentDays) * DAY_SECONDS;
}

/** The result of a paid call. A `failure` is remembered too: a repetition would be paid again. */
export interface Remembered<T> {
  value?: T;
  failure?: string;
  /** Every call that was made for it, the useless ones too. */
  lineage: readonly LineageEntry[];
  rawConfidence?: number;
}

/**
 * Runs a paid call once per key. The first delivery claims the key for `leaseSeconds`, pays, and keeps the answer; a later
 * delivery gets the kept answer; one that comes while the first still runs must come back. The claim of a dead worker expires.
 * `lost` receives the calls of an answer that could not be stored just now, so that the item still counts their cost. Nothing is
 * kept for longer than `contentDays`; an expired row counts as absent, though the table may still hold it for days.
 * @throws TransientError while another delivery holds the claim, and whatever `pay` throws (the claim is then given back).
 */
export async function once<T>(
  table: string,
  id: string,
  leaseSeconds: number,
  pay: () => Promise<Remembered<T>>,
  lost: LineageEntry[] = [],
  contentDays?: number,
): Promise<Remembered<T>> {
  const leaseUntil = clock.now() + leaseSeconds * 1000;
  const ours = { id, leaseUntil, seconds: keepSeconds(REMEMBER_DAYS, contentDays) };
  const existing = await claim(table, ours);
  if (existing?.state === 'done' && existing.lineage) return opened<T>(existing, existing.lineage);
  if (existing) {
    const retryAfterSeconds = Math.max(1, Math.ceil((existing.leaseUntil - clock.now()) / 1000));
    throw new TransientError('another delivery of this item is running this step', { retryAfterSeconds });
  }
  const paid = await pay().catch(async (error: unknown) => {
    await giveBack(table, id, leaseUntil);
    throw error;
  });
  // From here on the claim stays: a write without a reply may have stored the answer.
  try {
    return await keep(table, ours, paid);
  } catch (error) {
    // If it was stored after all, `joined` counts the same calls once.
    lost.push(...paid.lineage);
    throw error;
  }
}

/** Every delivery, the first one too, reads the answer from its JSON: all continue with the same value. */
function opened<T>(
  { json, value, failure, rawConfidence }: Partial<MemoRow>,
  lineage: readonly LineageEntry[],
): Remembered<T> {
  return {
    ...(json === undefined ? {} : { value: JSON.parse(json) as T }),
    ...(value === undefined ? {} : { value: value as T }),
    ...(failure === undefined ? {} : { failure }),
    ...(rawConfidence === undefined ? {} : { rawConfidence }),
    lineage,
  };
}

async function keep<T>(table: string, ours: Claim, paid: Remembered<T>): Promise<Remembered<T>> {
  const { value, lineage, ...rest } = paid;
  try {
    const json = JSON.stringify(value) as string | undefined;
    const row = { ...rest, ...(json === undefined ? {} : { json }) };
    await keepAnswer(table, ours, { ...row, lineage });
    return opened(row, lineage);
  } catch (error) {
    const { class: kind, message } = errorFacts(error);
    if (kind === 'TransientError') throw error;
    logger.error('answer not kept', { reason: message });
    if (!(await keepFailure(table, ours, { failure: UNKEPT.message, lineage }))) throw error;
    return { failure: UNKEPT.message, lineage };
  }
}

/** A refused row, such as one above 400 KB, would be paid for each time: a person gets the item. */
const UNKEPT = new ProcessingError("the table does not take the model's answer");

/** Replaces only our own claim: the error may have come after the answer was written. */
async function keepFailure(
  table: string,
  ours: Claim,
  fields: Pick<MemoRow, 'failure' | 'lineage'>,
): Promise<boolean> {
  const unkept = (reason: string) => logger.error('failure not kept', { reason });
  try {
    const kept = await keepOverClaim(table, ours, fields);
    if (!kept) unkept('the claim changed hands');
    return kept;
  } catch (error) {
    unkept(errorFacts(error).message);
    return false;
  }
}

/** A claim that cannot be given back expires; the caller must hear why the step failed, not this. */
async function giveBack(table: string, id: string, leaseUntil: number): Promise<void> {
  await releaseStep(table, id, leaseUntil).catch((error: unknown) =>
    logger.warn('claim not given back', { reason: errorFacts(error).message }),
  );
}

async function claim(table: string, ours: Claim): Promise<MemoRow | undefined> {
  const { done, row } = await claimStep(table, ours);
  if (done) return undefined;
  // The row was removed between the refusal and this read: come again.
  if (!row) throw new TransientError('the claim of this step changed hands', { retryAfterSeconds: 1 });
  return row;
}
