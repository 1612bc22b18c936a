import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';
import { absent, all, below, either, get, is, pages, put, update } from '../../kit/dynamo/rows.ts';
import { openList } from './keys.ts';

/** Long after any file is done with. */
const KEEP_SECONDS = 7 * DAY_SECONDS;

/** The index of the idempotency table by what a row is for: for these rows, the list they stand in. */
const INDEX = 'byItem';

/** A request of a step that waits for its answer. It holds facts: its words lie with the content of its item. */
export interface BatchRequest {
  id: string;
  /** The list it stands in; its item once it is done with. */
  madeFor: string;
  /**
   * `open`: in no file. `sent`: in the file `batch`. `answered`: its answer lies with the item's content. `late`: the step asks at once.
   */
  state: 'open' | 'sent' | 'answered' | 'late';
  automation: string;
  itemId: string;
  step: string;
  endpoint: string;
  model: string;
  /** Of the line as it is sent. */
  bytes: number;
  /** What its answer is measured by. */
  inputMost: number;
  letters: number;
  /** Milliseconds since 1970. */
  askedAt: number;
  /** Until then its answer is there, or the step asks at once. */
  dueAt: number;
  /** Which day's row holds its most, at the price of a batch. */
  booked: { day: string; microUsd: number; tokens: number };
  /** In how many files it was. */
  tries: number;
  batch?: string;
  /** How long the answer took (ms). */
  milliseconds?: number;
  expiresAt: number;
}

export type NewRequest = Omit<BatchRequest, 'madeFor' | 'state' | 'tries' | 'expiresAt'>;

export function getRequest(table: string, id: string): Promise<BatchRequest | undefined> {
  return get(table, id);
}

/** Puts a request among the open ones. False where it is there already. */
export function addRequest(table: string, request: NewRequest): Promise<boolean> {
  return put<BatchRequest>(
    table,
    {
      ...request,
      ...{ madeFor: openList(request.automation), state: 'open', tries: 0 },
      expiresAt: epochSeconds(KEEP_SECONDS),
    },
    either(absent('id'), below('expiresAt', epochSeconds())),
  );
}

/** The requests in a list, as they are now. The list is a little old: what came to it just now may not be in it. */
export async function requestsIn(table: string, list: string, most: number): Promise<BatchRequest[]> {
  const ids: string[] = [];
  for await (const rows of pages<Pick<BatchRequest, 'id' | 'madeFor'>>(table, {
    ...{ index: INDEX, key: is('madeFor', list), fields: ['id'] },
  })) {
    ids.push(...rows.map(({ id }) => id));
    if (ids.length >= most) break;
  }
  const found = await getEvery<BatchRequest>(table, ids.slice(0, most), FIELDS);
  return [...found.values()].filter(({ madeFor }) => madeFor === list);
}

const FIELDS = Object.keys({
  ...{ id: 1, madeFor: 1, state: 1, automation: 1, itemId: 1, step: 1, endpoint: 1, model: 1, bytes: 1 },
  ...{ inputMost: 1, letters: 1, askedAt: 1, dueAt: 1, booked: 1, tries: 1, batch: 1, milliseconds: 1 },
  expiresAt: 1,
} satisfies Record<keyof BatchRequest, 1>) as (keyof BatchRequest & string)[];

/** How many stand in a list, as far as the index knows. */
export async function countIn(table: string, list: string): Promise<number> {
  let count = 0;
  for await (const rows of pages<Pick<BatchRequest, 'id' | 'madeFor'>>(table, {
    ...{ index: INDEX, key: is('madeFor', list), fields: ['id'] },
  }))
    count += rows.length;
  return count;
}

/** Moves a request on; false where it is not as it was seen any more. */
export function moveRequest(
  table: string,
  { id, state, batch }: Pick<BatchRequest, 'id' | 'state' | 'batch'>,
  set: Partial<BatchRequest>,
): Promise<boolean> {
  return update<BatchRequest>(table, id, {
    set,
    ...(set.state === 'open' ? { remove: ['batch'] } : {}),
    when: all<keyof BatchRequest>(
      is('state', state),
      batch === undefined ? absent('batch') : is('batch', batch),
    ),
  });
}
