import type { LineageEntry } from '../../contract/item/row.ts';
import { clock, epochSeconds } from '../../kit/clock.ts';
import {
  absent,
  all,
  below,
  either,
  is,
  type Outcome,
  put,
  putOrSee,
  remove,
} from '../../kit/dynamo/rows.ts';

/** What a paid step answered, or the claim of the delivery that pays for it now. */
export interface MemoRow {
  id: string;
  state: 'claimed' | 'done';
  leaseUntil: number;
  /** The answer as JSON text: DynamoDB's numbers are narrower than a model's. */
  json?: string;
  /** The answer as earlier versions kept it. */
  value?: unknown;
  failure?: string;
  lineage?: readonly LineageEntry[];
  rawConfidence?: number;
  expiresAt: number;
}

/** `seconds`: how long the row is kept. */
export type Claim = Pick<MemoRow, 'id' | 'leaseUntil'> & { seconds: number };

type Answer = Omit<MemoRow, 'id' | 'state' | 'leaseUntil' | 'expiresAt'>;

/** Claims a step that nobody has done, or that a worker has left. Refused, it tells the row that is there. */
export function claimStep(
  table: string,
  { id, leaseUntil, seconds }: Claim,
): Promise<Outcome<MemoRow, undefined>> {
  const row: MemoRow = { id, state: 'claimed', leaseUntil, expiresAt: epochSeconds(seconds) };
  const left = all(is('state', 'claimed'), below('leaseUntil', clock.now()));
  return putOrSee(table, row, either(absent('id'), below('expiresAt', epochSeconds()), left));
}

/** Keeps an answer over whatever is there: it was paid for. */
export async function keepAnswer(table: string, claim: Claim, answer: Answer): Promise<void> {
  await put(table, done(claim, answer));
}

/** Keeps an answer over this claim alone. */
export function keepOverClaim(table: string, claim: Claim, answer: Answer): Promise<boolean> {
  const ours = all(is('state', 'claimed'), is('leaseUntil', claim.leaseUntil));
  return put(table, done(claim, answer), ours);
}

/** Removes this claim. A slower worker must not remove its successor's answer. */
export async function releaseStep(table: string, id: string, leaseUntil: number): Promise<void> {
  await remove<MemoRow>(table, id, is('leaseUntil', leaseUntil));
}

function done({ id, seconds }: Claim, answer: Answer): MemoRow {
  return { id, state: 'done', leaseUntil: 0, ...answer, expiresAt: epochSeconds(seconds) };
}
