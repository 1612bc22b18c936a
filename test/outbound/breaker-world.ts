import { expect } from 'vitest';
import { type Permit, takePermit } from '../../lambdas/outbound/permit.ts';
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
export const take = (at = table, item?: string) => takePermit(at, house, { ...ask(), item });

export async function calls(howMany: number, items: readonly string[] = []): Promise<Permit[]> {
  const permits: Permit[] = [];
  for (let n = 0; n < howMany; n += 1) permits.push(given(await take(table, items[n % items.length])));
  return permits;
}

export async function fail(permits: readonly Permit[], kind: Failure['kind'] = 'transient'): Promise<void> {
  for (const permit of permits) await reportFailure(table, house, permit, { kind });
}

export async function opened(): Promise<void> {
  await fail(await calls(10));
  expect(rowOf(table).breaker).toBe('open');
}
