import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

/* `npm ci --ignore-scripts` leaves the package `node` without its program. */

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'signalbox-bootstrap-'));
  mkdirSync(join(copy, 'local'));
  mkdirSync(join(copy, 'node_modules', '.bin'), { recursive: true });
  cpSync('local/bootstrap.mjs', join(copy, 'local', 'bootstrap.mjs'));
  const lock = JSON.stringify({ packages: {} });
  writeFileSync(join(copy, 'package-lock.json'), lock);
  writeFileSync(join(copy, 'node_modules', '.package-lock.json'), lock);
  writeFileSync(join(copy, 'hello.ts'), 'const version: string = process.version;\nconsole.log(version);\n');
});
afterEach(() => rmSync(copy, { recursive: true }));

it('runs on the Node.js 24 that starts it where install scripts were not allowed, and installs nothing again', () => {
  const out = execFileSync(process.execPath, ['local/bootstrap.mjs', 'hello.ts'], {
    cwd: copy,
    encoding: 'utf8',
    // Where anything wanted to install, there would be no npm.
    env: { PATH: '' },
  });
  expect(out.trim()).toBe(process.version);
});
