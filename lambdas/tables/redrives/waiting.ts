import type { ItemRow } from '../../contract/item/row.ts';
import { NEIGHBOUR_KINDS, type NeighbourName } from '../../contract/neighbour.ts';
import { is, pages } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { OPEN } from '../items/ledger.ts';
import { neighbourKey } from '../keys.ts';

/*
 * Items that wait for a neighbour that is down, by that one. Only they stand in the index `byWait`, so that no other item pays for
 * it: a unit when its wait begins, and one when it ends.
 */

const INDEX = 'byWait';

/** What an item is given that waits on after this error: nothing where nobody outside AWS is down. */
export function waitsOn(row: ItemRow, error: unknown): { set?: Pick<ItemRow, 'waitsOn'> } {
  const neighbour = error instanceof TransientError ? error.neighbour : undefined;
  const waitsOn = neighbour && neighbourKey(neighbour.kind, neighbour.name);
  return waitsOn === undefined || waitsOn === row.waitsOn ? {} : { set: { waitsOn } };
}

/** Whom it waits for. */
export function awaited({ waitsOn = '' }: Pick<ItemRow, 'waitsOn'>): NeighbourName | undefined {
  return neighbourIn(waitsOn);
}

/** The neighbour that a row of the control table is about. */
export function neighbourIn(id: string): NeighbourName | undefined {
  const kind = NEIGHBOUR_KINDS.find((it) => id.startsWith(neighbourKey(it, '')));
  return kind && { kind, name: id.slice(neighbourKey(kind, '').length) };
}

/** Whether what waits is its action. */
export function waitsToAct(row: ItemRow): boolean {
  return awaited(row)?.kind === 'destination' && OPEN.includes(row.status);
}

/** Ids of those that wait for it, so many at a time, those that came first at the front. */
export async function* waitingOn(
  table: string,
  { kind, name }: NeighbourName,
  atOnce: number,
): AsyncGenerator<string[], void> {
  const key = is<'waitsOn'>('waitsOn', neighbourKey(kind, name));
  const asked = { index: INDEX, limit: atOnce, key };
  for await (const rows of pages<Pick<ItemRow, 'id' | 'order' | 'waitsOn'>>(table, asked))
    if (rows.length > 0) yield rows.map(({ id }) => id);
}
