import type { ItemRow } from '../lambdas/contract/item/row.ts';
import { awsOfCall, awsOfEvent } from '../lambdas/record/outcomes/aws.ts';
import type { Verdict } from './verdicts.ts';

/*
 * What the statistics say that AWS takes for items, beside what was counted of the very same items. The figures of
 * `lambdas/record/outcomes/aws-costs.ts` are made from the second table.
 */

/** What is kept of outcomes comes with the reader's window, which is five seconds on this machine, and status events sooner. */
export const OUTCOMES_SECONDS = 8;

/** Of what was counted. */
const MOST_OFF = 0.15;

export interface Compared {
  name: string;
  /** Dollars per 1,000 items. */
  counted: number;
  estimated: number;
}

/** In the place of the sandbox's, which answers at once: seconds for each call. */
export interface Waits {
  model: number;
  source: number;
}

/** Dollars for all of them together. */
export function estimatedUsd(rows: readonly ItemRow[], waits: Waits): number {
  const nano = rows.flatMap((row) => [
    ...row.timeline.map((_, at) => awsOfEvent(row, at)),
    ...(row.lineage ?? []).map((call) => {
      const seconds = call.source === undefined ? waits.model : waits.source;
      return awsOfCall(call.cached ? call : { ...call, milliseconds: 1000 * seconds });
    }),
  ]);
  return nano.reduce((sum, one) => sum + one, 0) / 1e9;
}

export function printEstimates(all: readonly Compared[]): Verdict[] {
  console.log('\n| dollars per 1,000 items | counted | in the statistics | ratio |\n|---|---:|---:|---:|');
  for (const { name, counted, estimated } of all)
    console.log(
      `| ${name} | ${counted.toFixed(3)} | ${estimated.toFixed(3)} | ${(estimated / counted).toFixed(2)} |`,
    );
  return all.map(({ name, counted, estimated }) => {
    const off = estimated / counted - 1;
    const text = `${name}, AWS in the statistics: ${(100 * off).toFixed(0)} % from what is counted (at most ±${100 * MOST_OFF} %)`;
    return [text, Math.abs(off) <= MOST_OFF];
  });
}

/** What each function took, so that it can be said what an event takes. */
export function printFunctions(paths: Readonly<Record<string, ReadonlyMap<string, number>>>): void {
  const names = Object.keys(paths);
  const functions = new Set(Object.values(paths).flatMap((of) => [...of.keys()]));
  console.log(`\n| dollars per 1,000 items, by function | ${names.join(' | ')} |`);
  console.log(`|---|${names.map(() => '---:|').join('')}`);
  for (const name of [...functions].sort()) {
    const cells = names.map((path) => 1000 * (paths[path]?.get(name) ?? 0));
    if (cells.some((cell) => cell >= 0.00005))
      console.log(`| ${name} | ${cells.map((cell) => cell.toFixed(4)).join(' | ')} |`);
  }
}
