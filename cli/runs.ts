/** Rows that say the same, as one: an item that waited for an endpoint has the same line a hundred times. */
export interface Run<Row> {
  first: Row;
  last: Row;
  all: readonly Row[];
}

/** So many may stand one by one. */
const MOST_ALIKE = 3;

/**
 * Puts rows that say the same together. What stands between others that are repeated, in whatever order, is
 * repeated as well; a row that says something of its own is a border: nothing is put together across it, and
 * the order of events stays true.
 */
export function runs<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Run<Row>[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  const found: Run<Row>[] = [];
  let stretch: Row[] = [];
  const end = () => {
    found.push(...together(stretch, keyOf));
    stretch = [];
  };
  for (const row of rows) {
    if ((counts.get(keyOf(row)) ?? 0) > MOST_ALIKE) {
      stretch.push(row);
    } else {
      end();
      found.push({ first: row, last: row, all: [row] });
    }
  }
  end();
  return found;
}

function together<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Run<Row>[] {
  const alike = new Map<string, Row[]>();
  for (const row of rows) alike.set(keyOf(row), [...(alike.get(keyOf(row)) ?? []), row]);
  const told = new Set<string>();
  return rows.flatMap((row) => {
    const all = alike.get(keyOf(row)) ?? [];
    if (all.length <= MOST_ALIKE) return [{ first: row, last: row, all: [row] }];
    if (told.has(keyOf(row))) return [];
    told.add(keyOf(row));
    return [{ first: row, last: all.at(-1) ?? row, all }];
  });
}
