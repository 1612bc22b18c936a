import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { absent, all, atMost, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { reportKey } from '../keys.ts';

/** The control table's row of the report of a week: what was told stays as it was told. */
export interface ReportRow {
  id: string;
  /** Packed JSON. */
  report?: Uint8Array;
  /** To whom it went. */
  sent?: string[];
  /** Somebody is about to send it until then (milliseconds since 1970). */
  busyUntil?: number;
  /** All of it is done. */
  doneAt?: string;
  /** Seconds since 1970; the table's time to live. */
  expiresAt?: number;
}

/** As long as the statistics that it is made of. */
const KEPT_DAYS = 400;
/** Longer than the function that makes it may run. */
const BUSY_MS = 180_000;

export function readReport(table: string, week: string): Promise<ReportRow | undefined> {
  return get(table, reportKey(week));
}

export function reportIn<Report>(row: ReportRow | undefined): Report | undefined {
  return row?.report && (JSON.parse(inflateRawSync(row.report).toString()) as Report);
}

/** @returns the row, for one of those that ask at the same time; undefined for others, and once it is done */
export async function claimReport(table: string, week: string): Promise<ReportRow | undefined> {
  const now = clock.now();
  const { done, row } = await updateAndSee<ReportRow>(table, reportKey(week), {
    set: { busyUntil: now + BUSY_MS, expiresAt: epochSeconds(KEPT_DAYS * DAY_SECONDS) },
    when: all(absent('doneAt'), either(absent('busyUntil'), atMost('busyUntil', now))),
  });
  return done ? row : undefined;
}

/** Keeps what is to be told, unless somebody else has taken it over meanwhile. */
export function keepReport(
  table: string,
  { id, busyUntil = 0 }: ReportRow,
  report: object,
): Promise<boolean> {
  const packed = deflateRawSync(JSON.stringify(report));
  return update<ReportRow>(table, id, { set: { report: packed }, when: is('busyUntil', busyUntil) });
}

export function noteSent(table: string, { id, busyUntil = 0 }: ReportRow, to: string): Promise<boolean> {
  return update<ReportRow>(table, id, { append: { sent: [to] }, when: is('busyUntil', busyUntil) });
}

/** @returns whether it was this one who has done it */
export function reportDone(table: string, { id, busyUntil = 0 }: ReportRow): Promise<boolean> {
  return update<ReportRow>(table, id, { set: { doneAt: isoNow() }, when: is('busyUntil', busyUntil) });
}
