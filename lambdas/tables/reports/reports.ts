import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { absent, all, atMost, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { reportKey } from '../keys.ts';

/** A row of mails that go out once to each. */
export interface MailsRow {
  id: string;
  /** To whom they went. */
  sent?: string[];
  /** Somebody is about to send it until then (milliseconds since 1970). */
  busyUntil?: number;
  /** All of it is done. */
  doneAt?: string;
  /** Seconds since 1970; the table's time to live. */
  expiresAt?: number;
}

/** The control table's row of the report of a week: what was told stays as it was told. */
export interface ReportRow extends MailsRow {
  /** Packed JSON. */
  report?: Uint8Array;
}

/** As long as the statistics that it is made of. */
const KEPT_DAYS = 400;
/** Longer than the function that makes it may run. */
const BUSY_MS = 180_000;

export function readMails(table: string, id: string): Promise<MailsRow | undefined> {
  return get(table, id);
}

export function readReport(table: string, week: string): Promise<ReportRow | undefined> {
  return get(table, reportKey(week));
}

export function reportIn<Report>(row: ReportRow | undefined): Report | undefined {
  return row?.report && (JSON.parse(inflateRawSync(row.report).toString()) as Report);
}

/** @returns the row, for one of those that ask at the same time; undefined for others, and once it is done */
export function claimReport(table: string, week: string): Promise<ReportRow | undefined> {
  return claimMails<ReportRow>(table, reportKey(week));
}

/** The same of any row of mails that go out once. */
export async function claimMails<Row extends MailsRow>(table: string, id: string): Promise<Row | undefined> {
  const now = clock.now();
  const { done, row } = await updateAndSee<MailsRow>(table, id, {
    set: { busyUntil: now + BUSY_MS, expiresAt: epochSeconds(KEPT_DAYS * DAY_SECONDS) },
    when: all(absent('doneAt'), either(absent('busyUntil'), atMost('busyUntil', now))),
  });
  return done ? (row as Row) : undefined;
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

/** Notes to whom all they went, before they go: a function that dies between both sends one too few, and never one twice. */
export function noteMailed(
  table: string,
  { id, busyUntil = 0 }: MailsRow,
  sent: readonly string[],
): Promise<boolean> {
  return update<MailsRow>(table, id, { set: { sent: [...sent] }, when: is('busyUntil', busyUntil) });
}

/** @returns whether it was this one who has done it */
export function reportDone(table: string, { id, busyUntil = 0 }: MailsRow): Promise<boolean> {
  return update<MailsRow>(table, id, { set: { doneAt: isoNow() }, when: is('busyUntil', busyUntil) });
}
