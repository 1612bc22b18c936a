import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { changedBy, changedSince } from '../../../local/cases/changed.ts';

let folder: string;

const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
    {
      ...{ cwd: folder, stdio: 'pipe' },
    },
  );

function write(path: string, text = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commit(...paths: string[]): void {
  for (const path of paths) write(path, `${path} ${Math.random()}`);
  git('add', '-A');
  git('commit', '-qm', 'a change');
}

const names = () => [...changedSince('main', folder).names].sort();

beforeEach(() => {
  // In a hook of git they name the repository that is committed to.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']) vi.stubEnv(name, undefined);
  folder = mkdtempSync(join(tmpdir(), 'signalbox-changed-'));
  git('init', '-q', '-b', 'main');
  commit(
    'automations/a/automation.ts',
    'automations/b/automation.ts',
    'automations/c/automation.ts',
    'docs/x.md',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is what the branch committed, what is not committed, and what git does not know yet', () => {
  git('checkout', '-qb', 'branch');
  commit('automations/a/prompts/route.v2.md');
  write('automations/b/automation.ts', 'another');
  write('automations/new one/cases.jsonl');
  expect(names()).toEqual(['a', 'b', 'new one']);
  expect(changedSince('main', folder).all).toBe(false);
});

it('names prompts that changed or are new, so that they are tried before they are declared', () => {
  const { prompts } = changedBy([
    'automations/a/prompts/route.v2.md',
    'automations/a/prompts/write-reply.v10.md',
    'automations/a/prompts/notes.md',
    'automations/b/automation.ts',
  ]);
  expect(Object.fromEntries(prompts)).toEqual({
    a: [
      { name: 'a', step: 'route', version: 'route.v2' },
      { name: 'a', step: 'write-reply', version: 'write-reply.v10' },
    ],
  });
});

it('is not what others merged meanwhile', () => {
  git('checkout', '-qb', 'branch');
  commit('automations/a/automation.ts');
  git('checkout', '-q', 'main');
  commit('automations/b/automation.ts', 'lambdas/kit/clock.ts');
  git('checkout', '-q', 'branch');
  expect([names(), changedSince('main', folder).all]).toEqual([['a'], false]);
});

it('counts a file that moved for the folder that it left as well, and one that was removed', () => {
  git('checkout', '-qb', 'branch');
  renameSync(join(folder, 'automations/a/automation.ts'), join(folder, 'automations/b/moved.ts'));
  rmSync(join(folder, 'automations/c/automation.ts'));
  git('add', '-A');
  git('commit', '-qm', 'moved');
  expect(names()).toEqual(['a', 'b', 'c']);
});

it.each([
  ['lambdas/gate/gate.ts', true],
  ['signalbox.config.ts', true],
  ['package-lock.json', true],
  ['local/cases/run.ts', true],
  // The index of the knowledge that automations search, how a prompt's file becomes its text, what is kept meanwhile, which model is asked.
  ['lib/parts/knowledge.ts', true],
  ['local/markdown.ts', true],
  ['local/memory/tables.ts', true],
  ['local/real-model.ts', true],
  ['lib/parts/neighbours.ts', true],
  ['lib/automation/automation-folder.ts', true],
  ['lib/config.ts', true],
  ['lib/app.ts', false],
  ['local/load/main.ts', false],
  ['automations/names.ts', true],
  ['docs/lambdas/x.md', false],
  ['test/cases.test.ts', false],
  ['automations/a/lambdas/x.ts', false],
])('%s is of all automations: %s', (path, all) => expect(changedBy([path]).all).toBe(all));

it.each(['nowhere', '--output=x', 'HEAD:docs/x.md', ''])('refuses %j, which is no commit', (ref) => {
  expect(() => changedSince(ref, folder)).toThrow(`git knows no commit '${ref}'`);
});

it('refuses a commit that has none in common', () => {
  git('checkout', '-q', '--orphan', 'other');
  commit('docs/y.md');
  expect(() => changedSince('main', folder)).toThrow('no commit in common');
});

it('says so where git cannot tell: what nobody knows to be unchanged does not pass', () => {
  write('.git/index', 'no index');
  expect(() => changedSince('main', folder)).toThrow("git cannot tell what differs from 'main'");
});
