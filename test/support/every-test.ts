import { afterAll, beforeEach, expect, vi } from 'vitest';

/*
 * What holds for every unit test; Vitest loads it before each file. Files that run one after the other share a process with the
 * packages that it has loaded, which is a third of the time of all; our own modules are made anew for each, and what a file changes
 * in the process is put back.
 */

vi.resetModules();

/** Keys come from functions, which a unit test has none of: the world's secret of that name holds them. */
vi.mock('../../lambdas/kit/signed/ask-keys.ts', () => import('./own-keys.ts'));

/** Lines of a function's log: they belong to the test that provoked them, not on the console of the run. */
const lines: string[] = [];
// Hooks run backwards: the last of all.
afterAll(() => expect(lines, 'lines of a log on the console').toEqual([]));

for (const stream of [process.stdout, process.stderr]) {
  const { write } = stream;
  stream.write = ((...given: Parameters<typeof write>) => {
    if (String(given[0]).startsWith('{')) lines.push(String(given[0]).slice(0, 200));
    return write.apply(stream, given);
  }) as typeof write;
  afterAll(() => {
    stream.write = write;
  });
}

const environment = { ...process.env };
const directory = process.cwd();
afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(directory);
});

const LONGEST_TITLE = 200;

/** A title with the titles around it is read as one sentence, in a list of thousands. */
export function titleFault(title: string): string | undefined {
  if (/\p{Cc}/u.test(title)) return 'is more than one line';
  if (/^\s|\s$|\[object |%[sjdo]/.test(title)) return 'has a part that nothing was put in for';
  if (title.length > LONGEST_TITLE) return `is longer than ${LONGEST_TITLE} characters`;
  if (!/\p{L}+.* .*\p{L}+/u.test(title)) return 'is no sentence: it has fewer than two words';
  return undefined;
}

beforeEach(({ task }) => {
  const titles = [task.name];
  for (let { suite } = task; suite; { suite } = suite) titles.unshift(suite.name);
  const title = titles.join(' ');
  const fault = titleFault(title);
  if (fault) throw new Error(`the title '${title}' ${fault}`);
});
