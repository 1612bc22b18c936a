import {
  absent,
  all,
  below,
  between,
  type Condition,
  either,
  get,
  is,
  type Outcome,
  updateAndSee,
} from '../../kit/dynamo/rows.ts';
import type { BreakerRow } from './breakers.ts';

type Field = Exclude<keyof BreakerRow, 'id'>;

export type Check =
  | { field: Field; is: 'absent' }
  | { field: Field; is: '=' | 'absent or <'; value: number | string }
  | { field: Field; is: 'between'; value: number; upper: number };

export interface RowChange {
  set: Partial<Omit<BreakerRow, 'id'>>;
  add: Partial<Record<Field, number>>;
  remove?: readonly Field[];
  when: Check[];
}

export function readNeighbour(table: string, id: string): Promise<BreakerRow | undefined> {
  return get(table, id);
}

/** Changes the row if all that `when` says holds. */
export function changeNeighbour(
  table: string,
  id: string,
  { when, ...change }: RowChange,
): Promise<Outcome<BreakerRow>> {
  return updateAndSee<BreakerRow>(table, id, {
    ...change,
    when: when.length > 0 ? all(...when.map(conditionOf)) : undefined,
  });
}

function conditionOf(check: Check): Condition<Field> {
  const { field } = check;
  if (check.is === 'absent') return absent(field);
  if (check.is === '=') return is(field, check.value);
  if (check.is === 'between') return between(field, check.value, check.upper);
  return either(absent(field), below(field, check.value));
}
