import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { absent, below, either, get, is, pages, put, update } from '../../kit/dynamo/rows.ts';
import { filesList, keeperKey } from './keys.ts';

const KEEP_SECONDS = 30 * DAY_SECONDS;

/** A file of requests at a provider, from the moment that it is to be made. Times are milliseconds since 1970. */
export interface BatchFile {
  id: string;
  madeFor: string;
  automation: string;
  /** Our own name of it, which the provider keeps with it. */
  batch: string;
  /** `intent`: perhaps the provider has it. `sent`: it has. `ended`: nothing of it is left there or here. */
  state: 'intent' | 'sent' | 'ended';
  endpoint: string;
  model: string;
  requests: number;
  madeAt: number;
  /** The earliest of its requests. */
  dueAt: number;
  /** When the provider was last asked to make it; 0 where it said that it did not. */
  triedAt?: number;
  input?: string;
  /** The provider's name of it. */
  provider?: string;
  status?: string;
  done?: number;
  failed?: number;
  /** Since when it is not found there; `THERE`: it was, and is again. */
  missingSince?: number;
  /** Since when answers that it says it has are not found there. */
  unansweredSince?: number;
  cancelledAt?: number;
  /** Whoever waited for it asks at once: its answers are thrown away. */
  givenUpAt?: number;
  expiresAt: number;
}

/** Of a file that was missing for a while. */
export const THERE = 0;

export function addFile(
  table: string,
  file: Omit<BatchFile, 'madeFor' | 'state' | 'expiresAt'>,
): Promise<boolean> {
  return put<BatchFile>(
    table,
    { ...file, madeFor: filesList(file.automation), state: 'intent', expiresAt: epochSeconds(KEEP_SECONDS) },
    absent('id'),
  );
}

/** The files that are not done with, as they are now; the list is a little old. */
export async function filesOf(table: string, automation: string): Promise<BatchFile[]> {
  const ids: string[] = [];
  const key = is<keyof BatchFile>('madeFor', filesList(automation));
  for await (const rows of pages<BatchFile>(table, { index: 'byItem', key, fields: ['id'] }))
    ids.push(...rows.map(({ id }) => id));
  const files = await Promise.all(ids.map((id) => get<BatchFile>(table, id)));
  return files.filter((file) => file !== undefined && file.state !== 'ended') as BatchFile[];
}

/** Notes what became of a file; false where it is in another state. */
export function noteFile(
  table: string,
  { id, state }: Pick<BatchFile, 'id' | 'state'>,
  set: Partial<BatchFile>,
): Promise<boolean> {
  return update<BatchFile>(table, id, { set, when: is('state', state) });
}

/** How the batches of an automation stand, as whoever keeps them saw it last. */
export interface BatchStanding {
  /** ISO 8601. */
  at: string;
  /** Requests in no file. */
  open: number;
  files: readonly Readonly<{
    batch: string;
    endpoint: string;
    model: string;
    status: string;
    requests: number;
    done: number;
    failed: number;
    dueAt: string;
  }>[];
}

/** Who keeps the batches of an automation: one at a time. */
interface Keeper {
  id: string;
  by?: string;
  until?: number;
  standing?: BatchStanding;
}

/** Takes the batches of an automation in hand until then, where nobody else has them. */
export function keep(table: string, automation: string, by: string, until: number): Promise<boolean> {
  return update<Keeper>(table, keeperKey(automation), {
    set: { by, until },
    when: either(absent('by'), is('by', by), below('until', clock.now())),
  });
}

/** Holds them until then, with how they stand; nothing where another one has them. */
export function noteStanding(
  table: string,
  automation: string,
  by: string,
  standing: BatchStanding,
  until: number,
): Promise<boolean> {
  return update<Keeper>(table, keeperKey(automation), { set: { standing, until }, when: is('by', by) });
}

export async function readStanding(table: string, automation: string): Promise<BatchStanding | undefined> {
  return (await get<Keeper>(table, keeperKey(automation)))?.standing;
}
