import { UsageError } from '../local/usage.ts';
import { type DeliverCommand, type Options, readOptions, USAGE } from './options.ts';

type Step = (options: Options, environment: string) => Promise<void>;

/** Each brings what it needs: some need the constructs, and some no more than `fetch`. */
const STEPS: Readonly<Record<DeliverCommand, () => Promise<Step>>> = {
  synth: () => import('./steps/synth.ts').then((it) => it.synth),
  digest: () => import('./steps/synth.ts').then((it) => it.digest),
  lint: () => import('./steps/lint.ts').then((it) => it.lintAssembly),
  diff: () => import('./steps/check.ts').then((it) => it.diff),
  check: () => import('./steps/check.ts').then((it) => it.check),
  deploy: () => import('./steps/deploy.ts').then((it) => it.deploy),
  smoke: () => import('./steps/smoke.ts').then((it) => it.smoke),
  watch: () => import('./steps/watch.ts').then((it) => it.watch),
  keep: () => import('./steps/deploy.ts').then((it) => it.keepGood),
  rollback: () => import('./steps/rollback.ts').then((it) => it.rollback),
  drift: () => import('./steps/drift.ts').then((it) => it.drift),
};

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) {
      console.log(USAGE);
      return 0;
    }
    const step = await STEPS[options.command]();
    for (const environment of options.environments) await step(options, environment);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
