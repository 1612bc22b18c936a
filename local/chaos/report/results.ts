import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** When something was measured, and how busy the machine was then. */
export interface Measured {
  /** ISO 8601. */
  at: string;
  /** Processes that ran or waited to run, in the minute before. */
  load: number;
}

export const measuredNow = (): Measured => ({ at: new Date().toISOString(), load: loadavg()[0] ?? 0 });

/** One result a line: many runs can be made in several calls. */
export function readResults<T>(file: string | undefined): T[] {
  if (!file || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as T);
}

export function keepResult(file: string | undefined, result: object): void {
  if (file) appendFileSync(file, `${JSON.stringify(result)}\n`);
}

/** Such as `On 2026-11-28, from 21:02 to 21:48 UTC, on 2 cores with a load of 4 to 12`. */
export function conditions(measured: readonly Measured[]): string {
  const times = measured.map(({ at }) => at).sort();
  const [first = '', last = ''] = [times[0], times.at(-1)];
  const loads = measured.map(({ load }) => Math.round(load)).sort((a, b) => a - b);
  const day = (at: string) => at.slice(0, 10);
  const until = `${day(last) === day(first) ? '' : `${day(last)} `}${last.slice(11, 16)}`;
  return `On ${day(first)}, from ${first.slice(11, 16)} to ${until} UTC, on ${availableParallelism()} shared cores with a load of ${loads[0]} to ${loads.at(-1)}`;
}
