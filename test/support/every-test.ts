import { afterAll, beforeEach, expect } from 'vitest';

/* What holds for every unit test; Vitest loads it before each file. */

const LONGEST_TITLE = 200;

/** Lines of a function's log: they belong to the test that provoked them, not on the console of the run. */
const lines: string[] = [];
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as typeof stream.write;
  stream.write = ((...given: Parameters<typeof write>) => {
    if (String(given[0]).startsWith('{')) lines.push(String(given[0]).slice(0, 200));
    return write(...given);
  }) as typeof write;
}
afterAll(() => expect(lines, 'lines of a log on the console').toEqual([]));

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
