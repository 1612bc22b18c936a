import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

it.each([
  ['knows no hash of', undefined, false],
  ['has the same hash of', 'sha512-one', false],
  ['has another hash of', 'sha512-two', true],
])('where what is installed %s a package, installs again: %#', (_, integrity, installs) => {
  const packages = (hash: object) => ({ '': {}, 'node_modules/one': { version: '1.0.0', ...hash } });
  const lock = (hash: object) => JSON.stringify({ packages: packages(hash) });
  writeFileSync(join(copy, 'package-lock.json'), lock({ integrity: 'sha512-one' }));
  writeFileSync(join(copy, 'node_modules', '.package-lock.json'), lock(integrity ? { integrity } : {}));
  const { status, stdout } = spawnSync(process.execPath, ['local/bootstrap.mjs', 'hello.ts'], {
    ...{ cwd: copy, encoding: 'utf8', env: { PATH: '' } },
  });
  expect(status === 0 && stdout.trim() === process.version).toBe(!installs);
});

it('says how far npm is while that is silent, and keeps the output of a command clean', async () => {
  const packages = {
    '': {},
    'node_modules/one': { version: '1.0.0' },
    'node_modules/two': { version: '1.0.0' },
  };
  writeFileSync(join(copy, 'package-lock.json'), JSON.stringify({ packages }));
  // Ends when the test says so.
  writeFileSync(
    join(copy, 'npm-cli.js'),
    `const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync('node_modules/one');
    writeFileSync('node_modules/one/package.json', '{}');
    setInterval(() => existsSync('go on') && process.exit(process.argv[2] === 'ci' ? 0 : 1), 20);`,
  );
  const child = spawn(process.execPath, ['local/bootstrap.mjs', 'hello.ts'], {
    cwd: copy,
    env: { PATH: '', npm_execpath: join(copy, 'npm-cli.js') },
  });
  const closed = once(child, 'close');
  let [out, told] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    told += text;
    if (/ s {2}npm ci: 1 of 2 packages\n/.test(told)) writeFileSync(join(copy, 'go on'), '');
  });
  expect(await closed).toEqual([0, null]);

  expect(told).toMatch(/^installing what is missing \(npm ci\) \.\.\.\n(.+\n)+installed in \d+ s\n$/);
  expect(out.trim()).toBe(process.version);
});
