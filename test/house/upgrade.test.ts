import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { synthQuickly } from '../../local/watch/declaration.ts';
import { ROOT } from '../docs/fences.ts';
import { APART, MADE, MAKING, write } from '../support/followed.ts';

/*
 * docs/upgrading.md, done: a team clones a version, adds an automation, leaves the examples out and changes
 * the configuration; two releases that change everything else are merged into that.
 */

const folder = mkdtempSync(join(tmpdir(), 'signalbox-upgrade-'));
const upstream = join(folder, 'upstream');
const team = join(folder, 'team');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The automation of the team. */
const OWN = 'parcel-question';

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
function git(where: string, ...args: string[]): string {
  // Nothing of the machine's own settings: only what the page tells.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', [...IDENTITY, ...args], { cwd: where, env, encoding: 'utf8', stdio: 'pipe' });
}

function edit(where: string, file: string, change: (text: string) => string): void {
  const before = readFileSync(join(where, file), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the change of ${file} found nothing to change`);
  write(join(where, file), after);
}

const EXAMPLES = readdirSync(join(ROOT, 'automations')).filter((name) =>
  existsSync(join(ROOT, 'automations', name, 'automation.ts')),
);

/** A version that touches every room, the examples and, as none should, the configuration. */
function release(version: string): void {
  const mark = (comment: string) => (text: string) => `${text}${comment} ${version}\n`;
  for (const file of ['lib/app.ts', 'lib/config.ts', 'bin/app.ts', 'cli/main.ts', 'local/start.ts'])
    edit(upstream, file, mark('//'));
  for (const file of readdirSync(join(upstream, 'lambdas'), { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.lambda.ts')) edit(upstream, join('lambdas', file), mark('//'));
  for (const file of ['README.md', 'CHANGELOG.md', 'docs/configuration.md', '.gitignore'])
    edit(upstream, file, mark('#'));
  for (const name of EXAMPLES) {
    edit(upstream, `automations/${name}/automation.ts`, mark('//'));
    write(join(upstream, `automations/${name}/notes-${version}.md`), 'New.\n');
  }
  for (const file of ['package.json', 'package-lock.json'])
    edit(upstream, file, (text) => text.replace(/"version": "[^"]+"/, `"version": "${version}"`));
  write(join(upstream, `lib/release-${version}.ts`), 'export {};\n');
  edit(upstream, 'signalbox.config.ts', (text) =>
    text.replace(/sender: '[^']+'/, `sender: '${version}@example.com'`),
  );
  git(upstream, 'add', '--all');
  git(upstream, 'commit', '--message', `release ${version}`);
  git(upstream, 'tag', `v${version}`);
}

beforeAll(() => {
  for (const name of readdirSync(ROOT).filter((name) => !APART.has(name)))
    cpSync(join(ROOT, name), join(upstream, name), { recursive: true });
  git(upstream, 'init', '--quiet', '--initial-branch=main');
  git(upstream, 'add', '--all');
  git(upstream, 'commit', '--quiet', '--message', 'the version that the team begins with');
  git(folder, 'clone', '--quiet', upstream, team);
  git(team, 'config', 'merge.ours.driver', 'true');

  symlinkSync(join(ROOT, 'node_modules'), join(team, 'node_modules'));
  execFileSync(process.execPath, ['cli/main.ts', ...MAKING.map((word) => (word === MADE ? OWN : word))], {
    cwd: team,
    stdio: 'pipe',
  });
  edit(team, 'signalbox.config.ts', (text) =>
    text
      .replace(/sender: '[^']+'/, "sender: 'team@example.com'")
      .replace(
        /( {2}destinations: \{\n)/,
        `  omit: [${EXAMPLES.map((name) => `'${name}'`)}],\n$1    erp: { url: 'https://erp.example.com', secret: 'signalbox/destinations/erp', idempotent: true },\n`,
      ),
  );
  git(team, 'add', 'automations', 'signalbox.config.ts');
  git(team, 'commit', '--quiet', '--message', 'ours');
  git(team, 'tag', 'team-before');
});

it('takes two releases by git merge without a conflict', () => {
  for (const version of ['0.2.0', '0.3.0']) {
    release(version);
    git(team, 'fetch', '--quiet', '--tags');
    expect(git(team, 'merge', '--no-edit', `v${version}`)).not.toContain('CONFLICT');
  }
  expect(git(team, 'status', '--porcelain', '--untracked-files=no')).toBe('');
});

it("has the release in everything that is not the team's, and the team's as it was", () => {
  const changed = git(team, 'diff', '--name-only', 'v0.3.0', 'HEAD').trim().split('\n');
  expect(
    changed.filter((file) => file !== 'signalbox.config.ts' && !file.startsWith(`automations/${OWN}/`)),
  ).toEqual([]);
  expect(changed).toContain('signalbox.config.ts');
  expect(
    git(
      team,
      'diff',
      '--name-only',
      'team-before',
      'HEAD',
      '--',
      'signalbox.config.ts',
      `automations/${OWN}`,
    ),
  ).toBe('');
  expect(readFileSync(join(team, 'package.json'), 'utf8')).toContain('"version": "0.3.0"');
});

it("deploys the team's automation, and none of the examples that it leaves out", async () => {
  const settings = { SIGNALBOX_SANDBOX_URL: 'http://127.0.0.1:1', SIGNALBOX_API_URL: 'http://127.0.0.1:1/x' };
  const stacks = await synthQuickly(team, join(folder, 'out'), settings);
  expect(stacks.map(({ name }) => name).sort()).toEqual([
    `Signalbox-local-${OWN}`,
    'Signalbox-local-platform',
  ]);
});
