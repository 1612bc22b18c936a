import { writeFileSync } from 'node:fs';
import { BROKEN } from './broken/all.ts';
import { catches } from './broken/catches.ts';
import { Paid } from './collect.ts';
import { FAULTS } from './faults/all.ts';
import type { Fault } from './faults/fault.ts';
import { INVARIANTS } from './invariants/check.ts';
import { HELP, type Options, optionsOf } from './options.ts';
import { Random } from './random.ts';
import { type Caught, lineOf, type Run, reportOf, reportOfCatches } from './report/report.ts';
import { keepResult, measuredNow, readResults } from './report/results.ts';
import { type Rig, startRig } from './rig.ts';
import { runOnce } from './run.ts';
import { FACTOR } from './times.ts';

/* `npm run chaos`: seeded fault runs against the local engine, and what must hold after each. */

/** Recovery may take this long: the longest pause of the shortened times, a few times over. */
const PATIENCE_SECONDS = 120;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(options: Options): Promise<number> {
  if (options.help) return tell(HELP);
  if (options.list) return tell(listed());
  say(`times shortened by ${FACTOR}; ${options.runs} runs, seed ${options.seed}`);
  const start = new AbortController();
  // The engine is in a group of its own: nobody else would end it.
  let stop = () => start.abort(new Error('stopped'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop());
  const rig = await startRig({
    ...{ port: options.port, keep: options.keep },
    ...{ signal: start.signal, log: (line: string) => say(`  ${line}`) },
  });
  const last = new AbortController();
  let asked = 0;
  stop = () => {
    // npm passes on what the terminal has sent to both.
    if (Date.now() - asked < 1000) return;
    asked = Date.now();
    if (last.signal.aborted) return void rig.close().finally(() => process.exit(130));
    // What a run leaves in hand would be the next one's.
    say('this run is the last; once more stops it');
    last.abort();
  };
  try {
    if (options.broken !== undefined) return await breakIt(rig, options, last.signal);
    const results = await allRuns(rig, options, last.signal);
    if (options.report) writeFileSync(options.report, reportOf(results, options));
    const violations = results.reduce((sum, one) => sum + one.violations.length, 0);
    const json = { runs: results.length, violations, seed: options.seed, factor: FACTOR, results };
    tell(options.json ? JSON.stringify(json, null, 1) : `${results.length} runs, ${violations} violations`);
    return violations > 0 ? 1 : 0;
  } finally {
    await rig.close();
  }
}

async function allRuns(rig: Rig, options: Options, last: AbortSignal): Promise<Run[]> {
  const { runs, seed, first, faults, minutes, json } = options;
  const until = Date.now() + minutes * 60_000;
  const results = readResults<Run>(options.results);
  const before = new Set(results.map(({ number }) => number));
  const paid = new Paid();
  const order = faults ?? shuffled(seed);
  for (let number = first; number < first + runs && Date.now() < until; number += 1) {
    if (last.aborted) break;
    if (before.has(number)) continue;
    const fault = order[(number - 1) % order.length] as Fault;
    const done = await runOnce({
      ...{ world: rig.world, rig, random: Random.of(seed, number), fault, paid },
      ...{ name: `s${seed}r${number}`, patience: PATIENCE_SECONDS },
    });
    const result: Run = { number, ...measuredNow(), ...done };
    results.push(result);
    keepResult(options.results, result);
    (json ? say : console.log)(lineOf(result));
    for (const { invariant, what } of result.violations) say(`    ${invariant}: ${what}`);
    if (result.violations.length > 0) for (const note of result.notes) say(`    (${note})`);
  }
  return results;
}

/** Every fault once before any comes again, in an order of the seed. */
function shuffled(seed: number): Fault[] {
  const random = Random.of(seed, 0);
  const list = [...FAULTS];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = random.whole(0, at);
    [list[at], list[other]] = [list[other] as Fault, list[at] as Fault];
  }
  return list;
}

async function breakIt(
  rig: Rig,
  { broken = [], seed, json, results, report }: Options,
  last: AbortSignal,
): Promise<number> {
  const found = readResults<Caught>(results);
  const before = new Set(found.map(({ name }) => name));
  const paid = new Paid();
  for (const one of broken.filter(({ name }) => !before.has(name))) {
    if (last.aborted) break;
    const result: Caught = { ...measuredNow(), ...(await catches(rig, one, { seed, paid }, say)) };
    found.push(result);
    keepResult(results, result);
    const line = `${result.caught ? 'caught' : 'MISSED'}  ${one.name}: ${result.by.join(', ') || 'by nothing'} (${result.runs} runs)`;
    (json ? say : console.log)(line);
  }
  // What is kept is whole.
  await rig.change([]);
  if (report) writeFileSync(report, reportOfCatches(found));
  const missed = found.filter(({ caught }) => !caught).length;
  tell(json ? JSON.stringify(found, null, 1) : `${found.length} broken copies, ${missed} missed`);
  return missed > 0 ? 1 : 0;
}

function listed(): string {
  const faults = FAULTS.map(({ name, says }) => `  ${name.padEnd(26)}${says}`);
  const broken = BROKEN.map(({ name, says }) => `  ${name.padEnd(26)}${says}`);
  const invariants = Object.keys(INVARIANTS).map((name) => `  ${name}`);
  return ['faults', ...faults, '', 'invariants', ...invariants, '', 'broken copies', ...broken].join('\n');
}

function tell(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main(optionsOf(process.argv.slice(2)));
} catch (error) {
  console.error(`chaos: ${(error as Error).message}`);
  process.exitCode = 2;
}
