import { BROKEN } from '../broken/all.ts';
import type { Catch } from '../broken/catches.ts';
import { FAULTS } from '../faults/all.ts';
import type { RunResult } from '../run.ts';
import { FACTOR } from '../times.ts';
import { conditions, type Measured } from './results.ts';

/** One run of a seed. */
export interface Run extends RunResult, Measured {
  number: number;
}
export interface Caught extends Catch, Measured {}

/** One run in one line. */
export function lineOf({ number, fault, items, ends, recovery, redrives, violations }: Run): string {
  const ended = Object.entries(ends)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
  const again = redrives > 0 ? `, ${redrives} redriven` : '';
  const wrong = violations.length > 0 ? `  VIOLATED: ${violations.length}` : '';
  return `${String(number).padStart(4)}  ${fault.padEnd(24)} ${items} items: ${ended}${again}; whole after ${recovery.toFixed(1)} s${wrong}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Whether the fault met anything: it tells how often it did, or whom it ended. */
function metNothing({ fault, killed, notes }: Run): boolean {
  return notes.some((note) => /^0 /.test(note)) || (/^kill-(?!9)/.test(fault) && killed === 0);
}

/** The report as Markdown: what was run, and what came of each fault. */
export function reportOf(results: readonly Run[], { seed }: { seed: number }): string {
  const violations = results.reduce((sum, one) => sum + one.violations.length, 0);
  const items = results.reduce((sum, one) => sum + one.items, 0);
  const minutes = results.reduce((sum, one) => sum + one.seconds, 0) / 60;
  const rows = FAULTS.map(({ name, says }) => {
    const own = results.filter(({ fault }) => fault === name);
    if (own.length === 0) return undefined;
    const recovery = own.map((one) => one.recovery);
    const sum = (of: (one: Run) => number) => own.reduce((total, one) => total + of(one), 0);
    return `| \`${name}\` | ${says} | ${own.length} | ${own.filter(metNothing).length} | ${quantile(recovery, 0.5).toFixed(1)} | ${Math.max(...recovery).toFixed(1)} | ${sum((one) => one.redrives)} | ${sum((one) => one.violations.length)} |`;
  }).filter((row) => row !== undefined);
  const all = results.map((one) => one.recovery);
  const quiet = FAULTS.filter(({ name }) => !results.some(({ fault }) => fault === name));
  return [
    `${conditions(results)}: ${results.length} runs with seed ${seed}, ${items} items, ${minutes.toFixed(0)} minutes in all, times shortened by ${FACTOR}: **${violations} violations**. Recovery after the end of a fault: median ${quantile(all, 0.5).toFixed(1)} s, 95 % within ${quantile(all, 0.95).toFixed(1)} s, longest ${Math.max(...all).toFixed(1)} s.`,
    '',
    '| fault | what it does | runs | of these met nothing | recovery, median s | longest s | redrives | violations |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    ...(quiet.length > 0
      ? [`Not met in these runs: ${quiet.map(({ name }) => `\`${name}\``).join(', ')}.`, '']
      : []),
  ].join('\n');
}

/** The same of broken copies. */
export function reportOfCatches(found: readonly Caught[]): string {
  const last = new Map(found.map((one) => [one.name, one]));
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rows = BROKEN.map(({ name, says, fault, by }) => {
    const one = last.get(name);
    const caught = one?.by.filter((invariant) => by.some((it) => it === invariant)) ?? [];
    const shown = one === undefined ? 'not run' : caught.length > 0 ? code(caught) : 'nothing';
    return `| \`${name}\` | ${says} | \`${fault}\` | ${shown} | ${one?.runs ?? ''} |`;
  });
  const missed = [...last.values()].filter(({ caught }) => !caught).length;
  return [
    `${conditions(found)}: ${last.size} of ${BROKEN.length} broken copies were run, and ${missed === 0 ? 'each was caught' : `${missed} were missed`}.`,
    '',
    '| copy | what is wrong in it | fault | caught by | runs |',
    '| --- | --- | --- | --- | ---: |',
    ...rows,
    '',
  ].join('\n');
}
