import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { changedBy } from '../../local/cases/changed.ts';
import { sources } from '../support/sources.ts';

/* What `npm run cases -- --changed` takes for unchanged has not been loaded by it: nothing passes that nobody looked at. */

const OWN = ['lambdas', 'lib', 'local', 'cli', 'bin', 'bench', 'test', 'automations'];
const graph = new Map(sources(...OWN).map(({ path, imports }) => [path, imports]));

/** Everything that these files import, when they are loaded or later, and what that imports. */
function loadedBy(...roots: string[]): string[] {
  const found = new Set(roots);
  // A set that grows while it is walked is walked to its end.
  for (const path of found) for (const target of graph.get(path) ?? []) found.add(target);
  return [...found].filter((path) => graph.has(path)).sort();
}

const ofAll = (path: string) => changedBy([path]).all;
const ofOne = (path: string) => /^automations\/[^/]+\//.test(path);

it('counts every file that runs the cases for all automations', () => {
  const loaded = loadedBy('local/bootstrap.mjs', 'local/cases/main.ts');
  expect(loaded).toEqual(
    expect.arrayContaining(['lib/config.ts', 'lib/parts/knowledge.ts', 'local/memory/tables.ts']),
  );
  expect(loaded.filter((path) => !ofAll(path))).toEqual([]);
});

it('counts every file that an automation loads for all of them, or for its own', () => {
  const folders = readdirSync('automations', { withFileTypes: true }).filter((it) => it.isDirectory());
  expect(folders.length).toBeGreaterThan(0);
  for (const { name } of folders) {
    const own = [...graph.keys()].filter((path) => path.startsWith(`automations/${name}/`));
    const others = loadedBy(...own).filter((path) => !ofAll(path) && !changedBy([path]).names.has(name));
    expect(others).toEqual([]);
  }
});

it('counts what is only deployed, tested or written about for none', () => {
  const none = ['lib/app.ts', 'lib/platform/record.ts', 'test/house/cases.test.ts', 'docs/cases.md'];
  expect(none.filter(ofAll)).toEqual([]);
  expect([...graph.keys()].filter((path) => ofOne(path) && ofAll(path))).toEqual([]);
});
