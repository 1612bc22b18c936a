import type { NeighbourName } from '../../contract/neighbour.ts';
import { clock } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import type { BreakerRow } from '../../tables/control/breakers.ts';
import { changeNeighbour, type RowChange, readNeighbour } from '../../tables/control/neighbours.ts';
import { neighbourKey } from '../../tables/keys.ts';
import { breakerTimes } from './breaker.ts';

/*
 * One neighbour's row, and what this function instance last saw of it: a write is made on what is remembered, under conditions
 * that say what it relied on. When they do not hold, the answer brings the row as it is.
 */

export interface Row extends NeighbourName {
  table: string;
}

export function rowOf(table: string, { kind, name }: NeighbourName): Row {
  return { table, kind, name };
}

/** The table did not do as asked. `transient`: it may yet. */
export class RowFault extends Error {
  readonly transient: boolean;
  constructor(cause: Error, transient: boolean) {
    super(cause.name, { cause });
    this.transient = transient;
  }
}

interface Seen {
  row: BreakerRow;
  seenAt: number;
}

const memory = new Map<string, Seen>();

/** The row as it was at most this long ago, if it was seen then. */
export function remembered(of: Row, withinMs = Number.POSITIVE_INFINITY): BreakerRow | undefined {
  const hit = memory.get(keyOf(of));
  return hit && Math.abs(clock.now() - hit.seenAt) <= withinMs ? hit.row : undefined;
}

export async function readRow(of: Row): Promise<BreakerRow> {
  const id = neighbourKey(of.kind, of.name);
  return remember(of, (await readNeighbour(of.table, id).catch(fault)) ?? { id });
}

/** Changes the row if all that `when` says holds; either way the row as it now is. */
export async function changeRow(of: Row, change: RowChange): Promise<{ done: boolean; row: BreakerRow }> {
  const id = neighbourKey(of.kind, of.name);
  const { done, row } = await changeNeighbour(of.table, id, change).catch(fault);
  return { done, row: remember(of, row ?? { id }) };
}

export function keyOf({ table, kind, name }: Row): string {
  return `${table} ${neighbourKey(kind, name)}`;
}

function remember(of: Row, row: BreakerRow): BreakerRow {
  const key = keyOf(of);
  // Calls that began before the breaker changed do not count.
  if (memory.get(key)?.row.epoch !== row.epoch) uncounted.delete(key);
  memory.set(key, { row, seenAt: clock.now() });
  return row;
}

/** Calls that were let through without a write. The next write that counts calls, or a failure, counts them too. */
const uncounted = new Map<string, { calls: number; since: number }>();

export function countLater(of: Row, calls: number): void {
  const { calls: before, since } = uncounted.get(keyOf(of)) ?? { calls: 0, since: clock.now() };
  uncounted.set(keyOf(of), { calls: before + calls, since });
}

/** Those to be counted now. Who could not write them down counts them later. Those of a window that is over count no more. */
export function takeUncounted(of: Row): number {
  const { calls, since } = uncounted.get(keyOf(of)) ?? { calls: 0, since: 0 };
  uncounted.delete(keyOf(of));
  return clock.now() - since < breakerTimes.windowMs ? calls : 0;
}

/** Only what AWS says is a fault of the row; a bug of ours must not pass for one. */
function fault(error: unknown): never {
  if (error instanceof Error) {
    if (errorFacts(error).class === 'TransientError') throw new RowFault(error, true);
    if (error.name.endsWith('Exception')) throw new RowFault(error, false);
  }
  throw error;
}
