import '../quiet.ts';
import '../markdown.ts';
import { resolve } from 'node:path';
import { safeJson } from '../../cli/text.ts';
import { ROOT } from '../state.ts';
import { Ticker } from '../ticker.ts';
import { UsageError } from '../usage.ts';
import { readOptions, USAGE } from './options.ts';
import type { CasesVerdict } from './verdict.ts';

const CODES: Readonly<Record<CasesVerdict, number>> = { PASS: 0, FAIL: 1, INCONCLUSIVE: 3 };
const NOT_POSSIBLE = 2;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  // A file is named from where the command was typed, everything else from where it lies in the repository.
  const from = options.from && resolve(process.env.INIT_CWD ?? '.', options.from);
  process.chdir(ROOT);
  const ticker = new Ticker(process.stderr);
  ticker.start();
  try {
    // What thinks imports Markdown: only now it can.
    const [{ runCases }, { lines }] = await Promise.all([import('./cases.ts'), import('./report.ts')]);
    const report = await runCases({ ...options, from }, ticker.log);
    ticker.stop();
    const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
    await written(options.json ? safeJson(report) : lines(report, colours).join('\n'));
    return CODES[report.verdict];
  } finally {
    ticker.stop();
  }
}

/** All of it: whoever exits before a pipe has taken a long report cuts it. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${text}\n`, () => resolve());
  });
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    const plain = error.constructor === Error || error instanceof UsageError;
    console.error(plain ? error.message : error.stack);
    if (error instanceof UsageError) console.error('see npm run cases -- --help');
    process.exit(NOT_POSSIBLE);
  },
);
