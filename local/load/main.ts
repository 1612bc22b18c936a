import '../quiet.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stateDirectory } from '../state.ts';
import { Ticker } from '../ticker.ts';
import { UsageError } from '../usage.ts';
import { runLoad } from './load.ts';
import { readOptions, USAGE } from './options.ts';
import { picture } from './picture.ts';
import { exitCodeOf, type LoadReport, type Run, reportOf } from './report.ts';
import { findTarget } from './target.ts';
import { lines } from './text.ts';
import { surge } from './traffic.ts';

const NOT_POSSIBLE = 2;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  const { signal } = controller;
  const ticker = new Ticker(process.stderr);
  const { log } = ticker;
  ticker.start();
  try {
    const target = await findTarget(options, log, signal);
    try {
      const run = await runLoad(options, target, { log, detail: (text) => log.detail?.(text), signal });
      ticker.stop();
      const report = reportOf(run);
      const file = await draw(run, report, options.report);
      console.log(
        options.json ? JSON.stringify({ ...report, picture: file }) : lines(report, file).join('\n'),
      );
      return exitCodeOf(report);
    } finally {
      await target.close();
    }
  } catch (error) {
    // Broken off while it started: there is nothing to tell.
    if (signal.aborted) return 130;
    throw error;
  } finally {
    ticker.stop();
  }
}

/** A file is named from where the command was typed. @returns its path */
async function draw(
  run: Run,
  { bottleneck, outage }: LoadReport,
  given: string | undefined,
): Promise<string> {
  const { options, startedAt, stories } = run;
  const { profile, items, rate, seed } = options;
  const file = given
    ? resolve(process.env.INIT_CWD ?? '.', given)
    : join(
        stateDirectory(),
        'load',
        `${profile}-${new Date(startedAt).toISOString().replaceAll(/[:.]/g, '-')}.svg`,
      );
  const more = surge(profile, items, rate);
  const title = `Load: ${profile}, ${items} items at ${rate} a second, seed ${seed}`;
  const marks = [
    ...(more ? [{ name: profile, fromMs: startedAt + more.from, toMs: startedAt + more.to }] : []),
    ...(outage ? [{ name: 'outage', ...outage }] : []),
  ];
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, picture({ title, startedAt, stories, bottleneck: bottleneck.name, marks }));
  return file;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    const plain = error.constructor === Error || error instanceof UsageError;
    console.error(plain ? error.message : error.stack);
    if (error instanceof UsageError) console.error('see npm run load -- --help');
    process.exit(NOT_POSSIBLE);
  },
);
