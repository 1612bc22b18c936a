import { createHmac } from 'node:crypto';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { absent, below, either, get, put } from '../../kit/dynamo/rows.ts';
import { SystemError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';
import { suppressionKey } from '../keys.ts';

/*
 * Addresses that no action mails any more: mail to them bounced for good, or their owner called one spam. By keyed hashes, so that the
 * table tells nobody whom we have written to.
 */

export const SUPPRESSED_BY = ['bounce', 'complaint'] as const;
export type SuppressedBy = (typeof SUPPRESSED_BY)[number];

/** A mailbox may be made again; who complained has not asked to be tried again. */
const DAYS: Readonly<Record<SuppressedBy, number>> = { bounce: 90, complaint: 3650 };

interface Suppression {
  id: string;
  by: SuppressedBy;
  /** ISO 8601 */
  at: string;
  expiresAt: number;
}

/** Why no mail goes to the address; undefined where it may. */
export async function suppressedBy(
  table: string,
  secretId: string,
  address: string,
): Promise<SuppressedBy | undefined> {
  const row = await get<Suppression>(table, await keyOf(secretId, address));
  // A row past its time may stay for days before DynamoDB removes it.
  return row && row.expiresAt * 1000 > clock.now() ? row.by : undefined;
}

/** May be repeated. A later bounce does not shorten what a complaint asks for. */
export async function suppress(
  table: string,
  secretId: string,
  address: string,
  by: SuppressedBy,
): Promise<void> {
  const id = await keyOf(secretId, address);
  const expiresAt = epochSeconds(DAYS[by] * DAY_SECONDS);
  const row: Suppression = { id, by, at: isoNow(), expiresAt };
  // One write: a bounce that is heard at the same moment must not read before the complaint, and write after it.
  await put(table, row, either(absent('id'), below('expiresAt', expiresAt)));
}

async function keyOf(secretId: string, address: string): Promise<string> {
  const { key } = await readSecret<{ key?: string }>(secretId);
  if (!key) throw new SystemError("the secret of the subjects holds no 'key': deploy the platform again");
  const plain = address.trim().toLowerCase();
  return suppressionKey(createHmac('sha256', key).update(`mail|${plain}`).digest('hex'));
}
