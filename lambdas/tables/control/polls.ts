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
    remove: ['failures', 'retryAt'],
    when: cursor === undefined ? absent('cursor') : is('cursor', cursor),
  });
  return done ? moved : undefined;
}

/** Writes down that a poll failed, and when it is tried again. */
export async function failPoll(table: string, { id }: PollRow, retryAt: number): Promise<void> {
  await update<PollRow>(table, id, { set: { retryAt }, add: { failures: 1 } });
}
