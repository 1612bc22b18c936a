import { clock } from '../../kit/clock.ts';
import { absent, all, get, is, type Outcome, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { redrivesKey } from '../keys.ts';

/*
 * Alarms that can wait, until they go out together: one row of the house. What comes is appended, whoever else appends at that moment;
 * what goes out is first moved aside as a whole, and is removed once it went.
 */

/** What CloudWatch said of one alarm. */
export interface AlarmChange {
  /** `where: name`. */
  alarm: string;
  state: 'ALARM' | 'OK';
  /** ISO 8601: since when. */
  at: string;
  /** Why CloudWatch thinks so, with the figures. */
  reason: string;
  /** What the house says of it. */
  text: string;
}

interface Row {
  id: string;
  waiting?: AlarmChange[];
  /** When the first of them came (milliseconds since 1970). */
  firstAt?: number;
  sending?: AlarmChange[];
  /** To whom it went already. */
  sent?: string[];
  /** Nobody else sends it until then. */
  busyUntil?: number;
  tries?: number;
  /** Of the digest before, as `alarm time`: SNS may tell of it once more. */
  told?: string[];
}

export type Digest = Required<Pick<Row, 'sending' | 'sent' | 'busyUntil' | 'told'>>;

const MINUTE = 60_000;
/** What cannot be sent, or be noted as sent, is tried again after 2, 4, 8 minutes, and each hour in the end. */
const MOST_PAUSE_MS = 60 * MINUTE;

export async function noteAlarm(table: string, change: AlarmChange): Promise<void> {
  await update<Row>(table, redrivesKey('alarms'), {
    append: { waiting: [change] },
    setOnce: { firstAt: clock.now() },
  });
}

/** What is to go out now, for one of those who ask; undefined where nothing has waited for so long. */
export async function claimDigest(table: string, heldMs: number): Promise<Digest | undefined> {
  const row = await get<Row>(table, redrivesKey('alarms'));
  const now = clock.now();
  const claimed = row?.sending
    ? await again(table, row, now)
    : row?.waiting && (row.firstAt ?? 0) + heldMs <= now
      ? await first(table, row.waiting, now)
      : undefined;
  if (!claimed?.done) return undefined;
  const { sending = [], sent = [], busyUntil = 0, told = [] } = claimed.row;
  return { sending, sent, busyUntil, told };
}

/** Whoever sent it before died, or could not. */
async function again(
  table: string,
  { busyUntil = 0, tries = 1 }: Row,
  now: number,
): Promise<Outcome<Row> | undefined> {
  if (busyUntil > now) return undefined;
  const until = now + Math.min(MOST_PAUSE_MS, 2 ** (tries + 1) * MINUTE);
  return updateAndSee<Row>(table, redrivesKey('alarms'), {
    ...{ set: { busyUntil: until }, add: { tries: 1 }, when: is('busyUntil', busyUntil) },
  });
}

/** Where another alarm comes at this moment, all of them wait for the next minute. */
function first(table: string, waiting: AlarmChange[], now: number): Promise<Outcome<Row>> {
  return updateAndSee<Row>(table, redrivesKey('alarms'), {
    set: { sending: waiting, busyUntil: now + 2 * MINUTE, tries: 1 },
    remove: ['waiting', 'firstAt', 'sent'],
    when: all(absent('sending'), is('waiting', waiting)),
  });
}

export async function noteDigestSent(table: string, { busyUntil }: Digest, to: string): Promise<void> {
  await update<Row>(table, redrivesKey('alarms'), {
    append: { sent: [to] },
    when: is('busyUntil', busyUntil),
  });
}

export async function digestDone(table: string, { busyUntil, sending }: Digest): Promise<void> {
  await update<Row>(table, redrivesKey('alarms'), {
    set: { told: sending.map(changeName) },
    remove: ['sending', 'sent', 'busyUntil', 'tries'],
    when: is('busyUntil', busyUntil),
  });
}

/** The same change has the same name, however often SNS tells of it. */
export function changeName({ alarm, at }: AlarmChange): string {
  return `${alarm} ${at}`;
}
