import { expect } from 'vitest';
import { type Turn, takeTurn } from '../../lambdas/outbound/permit.ts';
import { type Failure, reportFailure } from '../../lambdas/outbound/report.ts';
import { ask, endpointWith, given, newTable, rowOf } from './permit-world.ts';

/* One endpoint without limits, and its calls that fail. */

export const house = endpointWith();

/** The table of the test that runs. */
export let table: string;

export function freshTable(): void {
  table = newTable();
}

/** Each call is an item's of its own, unless it is told one. */
export const take = (at = table, item?: string) => takeTurn(at, house, { ...ask(), item });

export async function calls(howMany: number, items: readonly string[] = []): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let n = 0; n < howMany; n += 1) turns.push(given(await take(table, items[n % items.length])));
  return turns;
}

export async function fail(turns: readonly Turn[], kind: Failure['kind'] = 'transient'): Promise<void> {
  for (const turn of turns) await reportFailure(table, house, turn, { kind });
}

export async function opened(): Promise<void> {
  await fail(await calls(10));
  expect(rowOf(table).breaker).toBe('open');
}
