import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const run = (...args: string[]) => {
  const command = ['local/capacity/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('npm run capacity', () => {
  it('tells what it takes, in lines of eighty signs', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--items N');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    [['--items', '0'], '--items must be a whole number'],
    [['--bogus'], "Unknown option '--bogus'"],
    [['pages'], "unexpected argument 'pages'\n\nnpm run capacity [-- [page] [options]]"],
    [['250000'], "unexpected argument '250000': --items 250000?"],
  ])('refuses %s, and says what is wrong', (args, message) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
