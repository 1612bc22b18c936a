import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocal } from '../../local/engine.ts';
import { ROOT } from '../../local/state.ts';
import { listening } from '../support/listening.ts';

let stateDir: string;
let more: Record<string, string>;
beforeEach(() => {
  more = {};
  stateDir = mkdtempSync(join(tmpdir(), 'signalbox-start-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

function start(...options: string[]) {
  const env = { ...process.env, SIGNALBOX_STATE_DIR: stateDir, SIGNALBOX_ENDPOINT: '', ...more };
  return spawnSync(process.execPath, [join(ROOT, 'local', 'start.ts'), ...options], {
    env,
    encoding: 'utf8',
  });
}

describe('npm start', () => {
  it.each([
    [['--fresch'], /Unknown option '--fresch'/],
    [['now'], /Unexpected argument 'now'/],
    [['--port', '80'], /^--port must be a whole number from 1024 to 65534, got '80'\n$/],
    [['--port', 'x'], /^--port must be a whole number/],
  ])('ends with 2 when it cannot be understood: %j', (options, message) => {
    const { status, stdout, stderr } = start(...options);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('forgets the state with --stop --fresh, after it has stopped, and keeps it with --stop alone', () => {
    writeFileSync(join(stateDir, 'secrets.json'), '{}');
    mkdirSync(join(stateDir, 'emulator'));

    expect(start('--stop')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to stop') });
    expect(existsSync(join(stateDir, 'secrets.json'))).toBe(true);
    const { status, stdout } = start('--stop', '--fresh');

    expect(status).toBe(0);
    expect(stdout).toMatch(/nothing to stop; its state is forgotten\n$/);
    expect(existsSync(join(stateDir, 'secrets.json'))).toBe(false);
    expect(existsSync(join(stateDir, 'emulator'))).toBe(false);
  });

  it('ends with 1 where no model server is at the address that the environment names, before anything is begun', () => {
    more = { OPENAI_API_KEY: 'sk-of-the-test', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };

    const { status, stdout, stderr } = start();

    expect(status).toBe(1);
    expect(stdout).toMatch(/^asking http:\/\/127\.0\.0\.1:9\/v1 for .+ \.\.\.\n/);
    expect(stderr).toMatch(
      /took no connection, or did not answer within \d+ s: start that server, or correct OPENAI_BASE_URL \(with its \/v1\)\nwithout OPENAI_API_KEY the sandbox model answers\n$/,
    );
    expect(stderr).not.toContain('sk-of-the-test');
    expect(existsSync(join(stateDir, 'snapshots'))).toBe(false);
    expect(existsSync(join(stateDir, 'cdk.out'))).toBe(false);
  });

  it('says what a port is for that is in use, and how to choose another', async () => {
    const busy = createServer();
    await listening(busy);
    const { port } = busy.address() as { port: number };

    const starting = startLocal({ port: port - 1, stateDir, log: () => {} });

    await expect(starting).rejects.toThrow(
      new RegExp(
        `^port ${port} is in use by another program\\. The sandbox needs it: .* local engine \\(${port - 1}\\)\\. .*--port \\d+$`,
      ),
    );
    busy.close();
  });
});
