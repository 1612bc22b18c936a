import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { FolderIndexes } from '../../lambdas/contract/steps/knowledge.ts';
import { buildIndex, type Chunk } from '../../lambdas/knowledge/index/build.ts';
import { chunksOf, kindOf } from '../../lambdas/knowledge/index/document.ts';

/** Of a collection that functions carry: a larger one is loaded when it is needed, and costs no cold start. */
export const MOST_FOLDER_BYTES = 2_000_000;

/** Where the documents of a collection of the automation's folder lie: below its name, or `knowledge/` itself. */
export function knowledgeFolder(folder: string, collection: string): string {
  const own = join(folder, 'knowledge', collection);
  return existsSync(own) && statSync(own).isDirectory() ? own : join(folder, 'knowledge');
}

/** The files below a folder that a collection may hold and those that it may not, in one order on every machine. */
export function filesBelow(folder: string): { taken: string[]; left: string[]; bytes: number } {
  const all = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .sort()
    : [];
  const taken = all.filter((file) => isText(file));
  const bytes = taken.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  return { taken, left: all.filter((file) => !isText(file)), bytes };
}

/** What synth reads; a PDF is read where a collection is synchronised. */
function isText(file: string): boolean {
  const kind = kindOf(file);
  return kind === 'markdown' || kind === 'html';
}

/** The indexes of the collections of an automation's folder. */
export function folderIndexes(
  { collections = {} }: Pick<Automation, 'collections'>,
  folder: string,
): FolderIndexes {
  const indexes = Object.entries(collections).flatMap(([name, { from, outward = false }]) =>
    from === 'folder' ? [[name, folderIndex(knowledgeFolder(folder, name), outward).toString('base64')]] : [],
  );
  return Object.fromEntries(indexes);
}

/** The module that stands for `@bundled/knowledge` in the functions of one automation. */
export function knowledgeModule(automation: Pick<Automation, 'collections'>, folder: string): string {
  return `export const knowledge = ${JSON.stringify(folderIndexes(automation, folder))};\n`;
}

/** The index of the documents below a folder. */
export function folderIndex(folder: string, apart: boolean): Buffer {
  const { taken } = filesBelow(folder);
  const written = taken.map((source) => statSync(join(folder, source)));
  const state = JSON.stringify([taken, written.map(({ mtimeMs, size }) => [mtimeMs, size])]);
  const known = made.get(`${folder} ${apart}`);
  if (known?.state === state) return known.index;
  const chunks: Chunk[] = taken.flatMap(
    (source) => chunksOf({ source, content: readFileSync(join(folder, source), 'utf8') }, { apart }).chunks,
  );
  const index = buildIndex(chunks);
  made.set(`${folder} ${apart}`, { state, index });
  return index;
}

/** By folder: a process that synthesises often makes the index of unchanged documents once. */
const made = new Map<string, { state: string; index: Buffer }>();
