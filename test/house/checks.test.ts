import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Output of a program of ours that found something, or nothing. */
async function findings(program: string, ...args: string[]): Promise<string> {
  try {
    await run(`node_modules/.bin/${program}`, args);
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

it('the whole house type-checks', async () => {
  expect(await findings('tsc', '--noEmit')).toBe('');
});

it('the whole house is formatted and passes the linter', async () => {
  expect(await findings('biome', 'check', '.')).toBe('');
});
