import { parseArgs } from 'node:util';
import { numberOption } from '../usage.ts';
import { BROKEN, brokenNamed } from './broken/all.ts';
import type { Broken } from './broken/broken.ts';
import { faultNamed } from './faults/all.ts';
import type { Fault } from './faults/fault.ts';

export interface Options {
  runs: number;
  seed: number;
  /** The number of the first run: one of an earlier call can be repeated alone. */
  first: number;
  /** These in turn. @default all, in an order of the seed */
  faults: readonly Fault[] | undefined;
  /** Copies that are broken on purpose, one after the other: what is looked for is what catches each. */
  broken: readonly Broken[] | undefined;
  /** Where each result is kept: what is there already is not run again. */
  results: string | undefined;
  /** Where the report is written. */
  report: string | undefined;
  /** No run begins after so many minutes. */
  minutes: number;
  port: number;
  /** What is deployed stays there for the next call. */
  keep: string | undefined;
  json: boolean;
  list: boolean;
  help: boolean;
}

export const HELP = `npm run chaos -- [options]

Runs work through the local engine, lets one thing fail in each run, and checks afterwards that nothing is lost, done twice or done
unasked. Every run can be repeated: the seed decides what is posted, what fails, and when.

  --runs N         so many runs (default 20)
  --seed S         a whole number (default 1)
  --first N        begin with the N-th run of the seed: to repeat one, or to go on (default 1)
  --fault NAMES    these faults in turn
  --broken NAMES   break a copy of the application in each of these ways in turn ('all': in all), and say what catches it
  --minutes M      no run begins later (default 60)
  --results FILE   keep each result there, and go on where an earlier call has ended
  --report FILE    write a report of them as Markdown
  --port P         of the engine; it takes three from there on (default 4700)
  --keep DIR       leave what is deployed there: the next call with it starts in seconds
  --json           one object at the end instead of lines
  --list           name the faults, the invariants and the broken copies`;

/** @throws Error, most of them a UsageError, that says what is wrong with the command */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      first: { type: 'string' },
      fault: { type: 'string' },
      broken: { type: 'string' },
      results: { type: 'string' },
      report: { type: 'string' },
      minutes: { type: 'string' },
      port: { type: 'string' },
      keep: { type: 'string' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { results, report, keep, json, list, help } = values;
  return {
    ...{ results, report, keep, json, list, help },
    faults: values.fault?.split(',').map(faultNamed),
    broken: values.broken === 'all' ? BROKEN : values.broken?.split(',').map(brokenNamed),
    runs: numberOption('runs', values.runs, 1, 1e9, true) ?? 20,
    seed: numberOption('seed', values.seed, 0, 1e9, true) ?? 1,
    first: numberOption('first', values.first, 1, 1e9, true) ?? 1,
    minutes: numberOption('minutes', values.minutes, 1, 1440, true) ?? 60,
    port: numberOption('port', values.port, 1024, 65_532, true) ?? 4700,
  };
}
