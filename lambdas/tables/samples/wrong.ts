import type { ItemRow } from '../../contract/item/row.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';
import { automationOf, samplesKey } from '../keys.ts';
import { hourOf } from '../statistics/hours.ts';
import { isWrong } from './quality.ts';
import type { HourRow } from './samples.ts';

type Ended = Pick<ItemRow, 'id' | 'timeline'>;

/** A row is written a moment after its last event was made. */
const AFTER_MS = 2_000;

/** Of items that ended, those of which auditors said something else, by id. A read for each hour in which one of them ended. */
export async function foundWrong(table: string, items: readonly Ended[]): Promise<ReadonlySet<string>> {
  const hours = new Set(
    items.flatMap((item) => hoursOf(item).map((hour) => samplesKey(automationOf(item.id), hour))),
  );
  const rows = await getEvery<HourRow>(table, [...hours], ['samples']);
  const samples = [...rows.values()].flatMap((row) => Object.values(row.samples));
  return new Set(samples.filter(isWrong).map(({ itemId }) => itemId));
}

/** In which it may have been chosen. */
function hoursOf({ timeline }: Ended): string[] {
  return timeline
    .filter(({ event }) => event === 'done' || event === 'refused')
    .flatMap(({ at }) => [at, new Date(Date.parse(at) + AFTER_MS).toISOString()])
    .map(hourOf);
}
