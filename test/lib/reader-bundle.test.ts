import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { readApart as ReadApart } from '../../lambdas/read/apart.ts';
import { BUNDLING, writeApart } from '../../lib/parts/bundling.ts';
import { EVERY_TYPE } from '../support/documents.ts';
import { line, pdfFile } from '../support/pdf.ts';

/* What is uploaded of the reader, outside of the project: nothing of it may reach back. */

const directory = mkdtempSync(join(tmpdir(), 'signalbox-reader-'));
let readApart: typeof ReadApart;

beforeAll(async () => {
  const { external: _, ...options } = BUNDLING;
  const { outputFiles } = buildSync({
    ...options,
    ...{
      entryPoints: ['lambdas/read/apart.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    },
  });
  writeFileSync(join(directory, 'index.mjs'), outputFiles[0]?.contents ?? '');
  writeApart('read/read', directory);
  ({ readApart } = (await import(join(directory, 'index.mjs'))) as { readApart: typeof ReadApart });
});

afterAll(() => rmSync(directory, { recursive: true }));

const all = (): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' });

test('reads text and pictures where nothing but the bundle is', async () => {
  const drawn = '0 0 0 rg 60 600 300 4 re f 60 640 300 4 re f';
  const paper = pdfFile({ pages: [line('Words on the first page of the paper', 50, 700), drawn] });
  const read = await readApart(paper, { policy: EVERY_TYPE });
  if (!('reading' in read)) throw new Error(`${read.refusal} ${read.bound}`);
  expect(read.reading.pages.map(({ source }) => source)).toEqual(['text', 'ocr']);
});

test('has no code for one processor, and stays far below what a function may be', () => {
  expect(all().filter((name) => /\.(?:node|so|dll|dylib)(?:\.|$)/.test(name))).toEqual([]);
  const bytes = all().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  expect(bytes).toBeLessThan(40_000_000);
});
