import { isoNow } from '../../kit/clock.ts';
import { absent, get, is, update } from '../../kit/dynamo/rows.ts';
import { pollKey } from '../keys.ts';

/** The control table's row of a source that is polled for an automation: how far it was read. */
export interface PollRow {
  id: string;
  /** The source's own word for a place: no content. Absent in the beginning. */
  cursor?: string;
  /** Polls in a row that brought no answer. */
  failures?: number;
  /** When the next try is due after a failed one (milliseconds since 1970). */
  retryAt?: number;
  /** Why the last of them brought none. */
  fault?: Fault;
}

interface Fault {
  source: string;
  /** ISO 8601: when the first of them failed. */
  since: string;
  /** As an error's class and message say it: no word of a record. */
  class: string;
  message: string;
}

/** A source that is polled, and gives no answer of use. */
export interface FailingPoll {
  /** As the registry names it: `schedule:<name>`. */
  door: string;
  source: string;
  /** ISO 8601. */
  since: string;
  /** Polls in a row. */
  failures: number;
  error: { class: string; message: string };
}

export async function readPoll(table: string, automation: string, door: string): Promise<PollRow> {
  const id = pollKey(automation, door);
  return (await get<PollRow>(table, id)) ?? { id };
}

/**
 * Writes down how far the source was read, if it was read from where the row stands.
 * @returns the row as it now is; undefined where another poll went on meanwhile
 */
export async function movePoll(
  table: string,
  { id, cursor, failures, retryAt }: PollRow,
  next = cursor,
): Promise<PollRow | undefined> {
  const moved: PollRow = { id, ...(next === undefined ? {} : { cursor: next }) };
  if (next === cursor && failures === undefined && retryAt === undefined) return moved;
  const done = await update<PollRow>(table, id, {
    set: { cursor: next },
    remove: ['failures', 'retryAt', 'fault'],
    when: cursor === undefined ? absent('cursor') : is('cursor', cursor),
  });
  return done ? moved : undefined;
}

/** Writes down that a poll failed, why, and when it is tried again. */
export async function failPoll(
  table: string,
  { id, fault }: PollRow,
  { retryAt, ...why }: Omit<Fault, 'since'> & { retryAt: number },
): Promise<void> {
  const since = fault?.since ?? isoNow();
  await update<PollRow>(table, id, { set: { retryAt, fault: { ...why, since } }, add: { failures: 1 } });
}

const SCHEDULE = 'schedule:';

/** Those polls of an automation that failed the last time. @param doors as the registry names them */
export async function failingPolls(
  table: string,
  automation: string,
  doors: readonly string[],
): Promise<FailingPoll[]> {
  const polled = doors.filter((door) => door.startsWith(SCHEDULE));
  const rows = await Promise.all(
    polled.map((door) => readPoll(table, automation, door.slice(SCHEDULE.length))),
  );
  return rows.flatMap(({ fault, failures = 0 }, at) => {
    if (!fault) return [];
    const { source, since, ...error } = fault;
    return [{ door: polled[at] ?? '', source, since, failures, error }];
  });
}
