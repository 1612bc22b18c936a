import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { KEPT_BUILDS } from '../../lib/parts/builds/kept.ts';
import { emulatorPython } from '../../local/python.ts';
import { ROOT } from '../docs/fences.ts';
import { follow } from './followed.ts';

/*
 * `npm test`: every test, in a copy with three more automations. With arguments Vitest runs where it was called. The live tests
 * mostly wait, so those with an engine of their own run beside the others, and the unit tests give way to both.
 */

const copy = follow();
const builds = mkdtempSync(join(tmpdir(), 'signalbox-builds-'));
console.log(`running in ${copy}: the repository with three more automations (test/support/followed.ts)`);
/** The closing lines of both reports, such as `Tests  12 passed | 1 skipped (13)`, by their first words. */
const closing: Record<string, string[]> = { 'Test Files': [], Tests: [] };
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
interface Run {
  project: string;
  child: ChildProcess;
  began: number;
}

const runs: Run[] = [];

function begin(project: string): void {
  const child = spawn(process.execPath, [vitest, 'run', '--project', project], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      [KEPT_BUILDS]: builds,
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    },
  });
  if (project === 'unit' && child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  // Whole lines: two reports share one console.
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      const [, words = '', counts = ''] =
        /^ *(Test Files|Tests) {2}(.*)/.exec(stripVTControlCharacters(line)) ?? [];
      closing[words]?.push(counts);
      console.log(`${project} ${line}`);
    });
  runs.push({ project, child, began: Date.now() });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // A terminal has sent Ctrl-C to everybody already, and a second one means "at once".
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    for (const { child } of runs) child.kill(signal);
  });
// Those who need the engine would each install it, and say what is missing.
begin('unit');
await emulatorPython(console.log).catch(() => undefined);
begin('live');
begin('engine');
const ends = runs.map(async ({ project, child, began }) => {
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = Math.round((Date.now() - began) / 1000);
  return { passed: code === 0, line: `${project}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s` };
});
const results = await Promise.all(ends);
for (const folder of [copy, builds]) rmSync(folder, { recursive: true, force: true });
for (const { line } of results) console.log(line);
for (const [words, counts] of Object.entries(closing))
  console.log(`${words.padStart(11)}  ${together(counts)}`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

/** `5 passed | 1 skipped (6)` and `2 passed (2)` are `7 passed | 1 skipped (8)`. */
function together(counts: readonly string[]): string {
  const sums = new Map<string, number>();
  for (const count of counts)
    for (const [, number, word = ''] of count.matchAll(/(\d+) (\w+)/g))
      sums.set(word, (sums.get(word) ?? 0) + Number(number));
  const total = [...sums.values()].reduce((sum, number) => sum + number, 0);
  return `${[...sums].map(([word, number]) => `${number} ${word}`).join(' | ')} (${total})`;
}
