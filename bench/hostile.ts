import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocal } from '../local/engine.ts';
import { copyWith } from './copy.ts';
import { type Fullness, HostileApp, shareOf } from './hostile/app.ts';
import { html } from './hostile/html.ts';
import { json } from './hostile/json.ts';
import { naughty } from './hostile/naughty.ts';
import { repair } from './hostile/repair.ts';
import { webhooks } from './hostile/webhooks.ts';
import { atMost, exactly, printVerdicts, type Verdict } from './verdicts.ts';
import { freePort, log, printTable } from './world.ts';

/*
 * `npm run bench:hostile -- --data <folder>`: texts that others have collected to break parsers and pages, through the deployed API. Of each set how its cases
 * end, by name; none may end with a fault of ours, and none be lost. The folder has a folder for each set, as `docs/performance.md` says.
 */

const SETS = [json, repair, naughty, html, webhooks];
const MOST_SECONDS = 60;

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const fullnessOf = (of: Fullness | undefined) =>
  of ? `${megabytes(of.bytes)} of ${megabytes(of.memory)} MB (${of.name})` : 'not measured';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', multiple: true, default: SETS.map(({ name }) => name) },
    most: { type: 'string', default: '1000000' },
    report: { type: 'boolean' },
  },
});
const { data } = values;
if (!data) throw new Error('name the folder of the sets: npm run bench:hostile -- --data <folder>');

const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-hostile-'));
const root = copyWith({ add: ['mend'], keep: ['refund-request', 'support-triage'] });
const run = await startLocal({ port: await freePort(), stateDir, root, log });
const verdicts: Verdict[] = [];
try {
  for (const { name, check } of SETS.filter((set) => values.set.includes(set.name))) {
    const app = new HostileApp(run.outputs, run.emulatorPid);
    const own = await check(app, join(data, name), Number(values.most));
    const told = await app.told();
    console.log(`\n${name}: ${told.cases} cases, ${told.seconds.toFixed(0)} s\n`);
    printTable(
      ['ending', 'cases'],
      told.endings.map(([ending, count]) => [ending, String(count)]),
    );
    verdicts.push(
      exactly(`${name}: answered with 5xx`, told.faults, 0),
      exactly(`${name}: lost`, told.lost, 0),
      exactly(`${name}: parked`, told.parked, 0),
      atMost(
        `${name}: the slowest, accepted to at rest`,
        told.slowest,
        MOST_SECONDS,
        (s) => `${s.toFixed(1)} s`,
      ),
      atMost(
        `${name}: the function that fills its memory most, ${fullnessOf(told.fullest)}`,
        shareOf(told.fullest),
        1,
        percent,
      ),
      ...own,
    );
  }
  printVerdicts(verdicts);
} finally {
  await run.stop();
  for (const folder of [stateDir, root]) await rm(folder, { recursive: true, force: true });
}
