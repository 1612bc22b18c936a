import type { Sample } from '../../contract/audits/sample.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';

/** More of one automation are not looked up at once: ten reads. */
const MOST = 1000;

type Row = Pick<ItemRow, 'id' | 'generation' | 'erasedAt'>;

/** Whether a row is still what was chosen: not erased, and not let go on since. */
export function isAsChosen(row: Omit<Row, 'id'> | undefined, { generation }: Pick<Sample, 'generation'>) {
  return row !== undefined && row.erasedAt === undefined && row.generation === generation;
}

/**
 * Of samples, the oldest first, those that somebody can still look at: the item is there as it was, and its label can still be said.
 * Behind a thousand they are taken for there.
 */
export async function thereOf(
  itemTable: string,
  samples: readonly Sample[],
  labels: readonly string[],
): Promise<Sample[]> {
  const known = samples.filter(({ label }) => labels.includes(label));
  const looked = known.slice(0, MOST);
  const ids = looked.map(({ itemId }) => itemId);
  const rows = await getEvery<Row>(itemTable, ids, ['generation', 'erasedAt']);
  return [...looked.filter((it) => isAsChosen(rows.get(it.itemId), it)), ...known.slice(MOST)];
}
