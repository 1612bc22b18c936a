import type { LineageEntry } from '../contract/item/row.ts';

/**
 * The calls of an item: those that its row keeps, and those of this delivery that it does not keep yet. A step that was answered in
 * an earlier delivery tells its calls again.
 */
export function joined(kept: readonly LineageEntry[], made: readonly LineageEntry[]): LineageEntry[] {
  const known = new Map<string, number>();
  for (const entry of kept) known.set(nameOf(entry), (known.get(nameOf(entry)) ?? 0) + 1);
  const fresh = made.filter((entry) => {
    const left = known.get(nameOf(entry)) ?? 0;
    known.set(nameOf(entry), left - 1);
    return left <= 0;
  });
  return [...kept, ...fresh];
}

function nameOf(entry: LineageEntry): string {
  const { at, step, endpoint, model, promptVersion, cached, costUsd, milliseconds, failure } = entry;
  return [at, step, endpoint, model, promptVersion, cached, costUsd, milliseconds, failure].join(' ');
}
