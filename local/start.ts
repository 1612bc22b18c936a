import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { claim, detach, release, stopRunning } from './background.ts';
import { endScreen, READY } from './end-screen.ts';
import { forget, startLocal } from './engine.ts';
import { runSamples } from './samples.ts';
import { stateDirectory } from './state.ts';
import { Ticker } from './ticker.ts';
import { numberOption, UsageError } from './usage.ts';

const USAGE = `npm start -- [options]

  --no-samples   send no sample work through the automations
  --no-watch     leave the functions as they are when a source changes
  --detach       return when everything is ready, and run on in the background
  --stop         end the run in the background; its state is kept
  --fresh        forget the local state of earlier runs first; with --stop, after it
  --verbose      a line for each resource that is deployed and each sample
  --port N       port of the local engine; the sandbox takes the next one (default 4566)
  --help         this text

SIGNALBOX_ENDPOINT   use the AWS emulator that runs there instead of starting one
SIGNALBOX_STATE_DIR  keep local state there instead of in .local
SIGNALBOX_AWS_CALLS  with 1: each function logs every call it makes to AWS
SIGNALBOX_SECOND_ENDPOINT  with 1: a second, more expensive sandbox model to fall back on, elsewhere
SIGNALBOX_RETRY_SCHEDULE   waits of an action in seconds (default 1,2,4)
SIGNALBOX_UNDO_SECONDS     seconds to undo a decision (default 3)
OPENAI_API_KEY       ask a real model (OPENAI_BASE_URL) instead of the sandbox`;

const DEFAULT_PORT = 4566;

/** @throws UsageError on a wrong port, an error of `parseArgs` on an unknown option. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      'no-samples': { type: 'boolean', default: false },
      'no-watch': { type: 'boolean', default: false },
      detach: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      port: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, port: numberOption('port', values.port, 1024, 65_534, true) ?? DEFAULT_PORT };
}

/** Runs until a signal. @returns the exit code. */
async function serve(options: ReturnType<typeof readOptions>, stateDir: string): Promise<number> {
  const ticker = new Ticker();
  const { log } = ticker;
  const signal = stopSignal();
  await claim(stateDir, options.port);
  ticker.start();
  try {
    const run = await startLocal({
      ...{ port: options.port, stateDir, fresh: options.fresh, verbose: options.verbose, log, signal },
      watch: !options['no-watch'],
    });
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined));
      if (signal.aborted) resolve(undefined);
    });
    const ready = async () => {
      if (!options['no-samples']) await runSamples(run.outputs, process.stdout, { log, ...options });
      // What was accepted by now outlives a kill, and the figures are those of this machine.
      const saved = await run.save().catch((fault: Error) => log(fault.message));
      ticker.stop();
      const { outputs, model, emulatorPid } = run;
      const outputsFile = join(stateDir, 'outputs.json');
      const held = process.stdout.isTTY;
      console.log(
        await endScreen({ outputs, outputsFile, model, emulatorPid, held, saved: saved || undefined }),
      );
    };
    try {
      await Promise.race([ready(), stopped, run.ended]);
      const reason = await Promise.race([stopped, run.ended]);
      if (reason) console.error(reason);
      else console.log('stopping; the local state is kept ...');
      return reason ? 1 : 0;
    } finally {
      await run.stop();
    }
  } catch (error) {
    // Broken off while it started: what ran is stopped, and there is nothing to explain.
    if (signal.aborted) return 130;
    throw error;
  } finally {
    ticker.stop();
    await release(stateDir);
  }
}

/** Aborts at the first Ctrl-C or termination; npm and the terminal may both deliver the same one. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

async function main(): Promise<number> {
  const options = readOptions();
  const stateDir = stateDirectory();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (options.stop) {
    const stopped = await stopRunning(stateDir);
    if (options.fresh) await forget(stateDir);
    console.log(`${stopped}; its state is ${options.fresh ? 'forgotten' : 'kept'}`);
    return 0;
  }
  if (options.detach)
    return detach(
      stateDir,
      process.argv.slice(2).filter((arg) => arg !== '--detach'),
      READY,
    );
  return serve(options, stateDir);
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      console.error(`${error.message}\n\n${USAGE}`);
      process.exit(2);
    }
    // A plain Error is written for the reader; any other is a fault of ours, and its place matters.
    const plain = error.constructor === Error || error instanceof UsageError;
    console.error(plain ? error.message : error.stack);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
