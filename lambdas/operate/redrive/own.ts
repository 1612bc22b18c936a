import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { REDRIVEN } from '../../contract/item/timeline.ts';
import type { NeighbourName } from '../../contract/neighbour.ts';
import { readHealth } from '../../tables/control/breakers.ts';
import type { RedriveRow } from '../../tables/redrives/redrives.ts';

/* What the redrives of the house itself may, beside those of operators. */

/** Who lets an item go on that went on by itself. */
export const SIGNALBOX = 'Signalbox';

/** An item goes on by itself so often; then an operator must have looked. */
export const MOST_BY_ITSELF = 3;

/** Whether an item is parked for that neighbour, and may go on by itself. */
export function mayGoOnByItself({ error, timeline }: ItemRow, { kind, name }: NeighbourName): boolean {
  const rests = error?.neighbour?.kind === kind && error.neighbour.name === name;
  const redrives = timeline.filter(({ event }) => event === REDRIVEN);
  const looked = redrives.findLastIndex(({ by }) => by !== SIGNALBOX);
  return rests && redrives.length - 1 - looked < MOST_BY_ITSELF;
}

/**
 * How many items a redrive may let go on in this minute. For a neighbour that is down again: none. Where the next call is its probe:
 * one, and the others follow.
 */
export async function mostNow(
  { filter, ratePerMinute }: Pick<RedriveRow, 'filter' | 'ratePerMinute'>,
  env: Pick<EnvFor<'operate/redrives'>, 'CONTROL_TABLE'>,
): Promise<number> {
  if (!filter.neighbour) return ratePerMinute;
  const { health } = await readHealth(env.CONTROL_TABLE, filter.neighbour);
  return { well: ratePerMinute, untried: 1, down: 0 }[health];
}
