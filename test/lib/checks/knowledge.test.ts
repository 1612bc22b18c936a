import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { Index } from '../../../lambdas/knowledge/index/open.ts';
import { byWords } from '../../../lambdas/knowledge/index/search.ts';
import { faultsAmongCollections, faultsInKnowledge } from '../../../lib/checks/steps/knowledge.ts';
import { knowledgeModule } from '../../../lib/parts/knowledge.ts';
import { automation as demo } from '../../support/fixtures.ts';

let folder: string;
const folders: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-knowledge-'));
  folders.push(folder);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(join(folder, 'knowledge', path, '..'), { recursive: true });
  writeFileSync(join(folder, 'knowledge', path), text);
}

const HELP = { from: 'folder', description: 'Help articles for customers.' } as const;
const faults = (collections: object) =>
  faultsInKnowledge({ ...demo, collections: collections as never } as never, folder);

it('a collection of the folder that has documents is fine, and so is none', () => {
  put('a.md', 'Text.');
  expect(faults({ help: HELP, other: { ...HELP, from: 'synced', outward: true } })).toEqual([]);
  expect(faultsInKnowledge(demo as never, folder)).toEqual([]);
});

it.each([
  ['there is no document', {}, HELP, /no Markdown, text or HTML in 'knowledge\/'/],
  [
    'a file is none',
    { 'a.md': 'x', 'b.pdf': 'x' },
    HELP,
    /'b.pdf' is no Markdown.*make the collection 'synced'/,
  ],
  ['it is too large', { 'a.md': 'x'.repeat(2_000_001) }, HELP, /has 2000001 bytes|have 2000001 bytes/],
  ['nobody says what it is', {}, { from: 'synced', description: ' ' }, /'description' must be a sentence/],
  [
    'it may or may not go out',
    {},
    { ...HELP, from: 'synced', outward: 'yes' },
    /'outward' must be true or false/,
  ],
])('where %s, synth says so', (_, files, collection, message) => {
  for (const [path, text] of Object.entries(files)) put(path, text);
  expect(faults({ help: collection }).join('\n')).toMatch(message);
});

it('names are bounded, differ from steps, and are five at most', () => {
  const synced = { ...HELP, from: 'synced' };
  expect(faults({ 'Help me': synced }).join()).toContain('lower-case words');
  expect(faults({ route: synced }).join()).toContain("a step of 'prompts' has the same name");
  const six = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`c${at}`, synced]));
  expect(faults(six).join()).toContain("'collections' has 6: a function holds 5 at most");
});

it('each collection of the folder is an index in the module that its functions carry, the same on every machine', async () => {
  put('help/refunds.md', '# Refunds\n\nFive days.\n\nTo the card.');
  put('rules/internal.md', 'Refunds above 100 need two people.');
  const collections = {
    help: { ...HELP, outward: true },
    rules: HELP,
    far: { ...HELP, from: 'synced' as const },
  };
  const code = knowledgeModule({ collections }, folder);
  expect(knowledgeModule({ collections }, folder)).toBe(code);
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    knowledge: Record<string, string>;
  };
  expect(Object.keys(module.knowledge)).toEqual(['help', 'rules']);
  const [help, rules] = Object.values(module.knowledge).map((it) => Index.open(Buffer.from(it, 'base64')));
  // What people are sent is a paragraph by itself.
  expect([help?.size, rules?.size]).toEqual([2, 1]);
  expect(byWords(rules as Index, 'refund', 5).map(({ at }) => rules?.passage(at).id)).toEqual([
    'internal.md#1',
  ]);
});

it('what anybody may read of a synchronised collection is so for all automations that search it', () => {
  const using = (name: string, outward: boolean) => ({
    ...{ name, collections: { handbook: { from: 'synced' as const, description: 'x', outward } } },
  });
  expect(faultsAmongCollections([using('a', true), using('b', true)])).toEqual([]);
  expect(faultsAmongCollections([using('a', true), using('b', false)])).toEqual([
    "  the collection 'handbook' is 'outward' in one of a and b, and not in the other: what anybody may read is so for all",
  ]);
});
