import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('keeps files apart that share a process: modules, mocks, environment, clock and globals', async () => {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--maxWorkers', '1'];
  const { stdout } = await run(process.execPath, [...vitest, 'test/support/apart/']);
  expect(stripVTControlCharacters(stdout)).toMatch(/Tests +4 passed/);
});
