import { clock, DAY_SECONDS } from '../../kit/clock.ts';
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
  /** Of the last day, as `alarm time`: SNS may tell of it once more. */
  told?: string[];
}

export type Digest = Required<Pick<Row, 'sending' | 'sent' | 'busyUntil' | 'told' | 'tries'>>;

const MINUTE = 60_000;
/** What cannot be sent, or be noted as sent, is tried again after 2, 4, 8 minutes, and each hour in the end. */
const MOST_PAUSE_MS = 60 * MINUTE;
/** Of what waits while nothing can be sent, and of what is remembered. */
const MOST_WAITING = 200;
const MOST_TOLD = 500;

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
  const { sending = [], sent = [], busyUntil = 0, told = [], tries = 1 } = claimed.row;
  return { sending, sent, busyUntil, told, tries };
}

/** Whoever sent it before died, or could not. */
async function again(
  table: string,
  { busyUntil = 0, tries = 1, waiting = [] }: Row,
  now: number,
): Promise<Outcome<Row> | undefined> {
  if (busyUntil > now) return undefined;
  // As long as nothing can be sent it grows, and a row holds 400 kB. Where another comes at this moment, the next try does it.
  if (waiting.length > MOST_WAITING)
    await update<Row>(table, redrivesKey('alarms'), {
      ...{ set: { waiting: fewer(waiting) }, when: is('waiting', waiting) },
    });
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

/** Of each alarm the first and the last. */
function fewer(waiting: readonly AlarmChange[]): AlarmChange[] {
  return [...Map.groupBy(waiting, ({ alarm }) => alarm).values()].flatMap((of) => [
    ...new Set([of[0] as AlarmChange, of.at(-1) as AlarmChange]),
  ]);
}

export async function noteDigestSent(table: string, { busyUntil }: Digest, to: string): Promise<void> {
  await update<Row>(table, redrivesKey('alarms'), {
    append: { sent: [to] },
    when: is('busyUntil', busyUntil),
  });
}

export async function digestDone(table: string, { busyUntil, sending, told }: Digest): Promise<void> {
  const yesterday = new Date(clock.now() - DAY_SECONDS * 1000).toISOString();
  const lately = told.filter((name) => (name.split(' ').at(-1) ?? '') >= yesterday);
  await update<Row>(table, redrivesKey('alarms'), {
    set: { told: [...lately, ...sending.map(changeName)].slice(-MOST_TOLD) },
    remove: ['sending', 'sent', 'busyUntil', 'tries'],
    when: is('busyUntil', busyUntil),
  });
}

/** The same change has the same name, however often SNS tells of it. */
export function changeName({ alarm, at }: AlarmChange): string {
  return `${alarm} ${at}`;
}
