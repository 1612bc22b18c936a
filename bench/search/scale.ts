import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIndex, type Chunk } from '../../lambdas/knowledge/index/build.ts';
import { chunk, sentencesOf } from '../../lambdas/knowledge/index/chunk.ts';

/* An index of many passages, made of this repository's own documentation: its sentences, mixed by a fixed rule. */

const PASSAGES = 50_000;
const SENTENCES = 4;
const DIMENSIONS = 512;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Measured {
  fileMb: number;
  buildSeconds: number;
  loadMs: number;
  memoryMb: number;
  p50: number;
  p95: number;
}

export function measureScale(): { words: Measured; vectors: Measured } {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-search-'));
  try {
    const chunks = passages();
    const file = join(folder, 'words.index');
    const words = built(file, () => buildIndex(chunks));
    const random = rule(7);
    const vectors = chunks.map(() => Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5));
    const other = join(folder, 'vectors.index');
    const both = built(other, () => buildIndex(chunks, { endpoint: 'bench', model: 'random', vectors }));
    return { words: { ...words, ...inOneProcess(file) }, vectors: { ...both, ...inOneProcess(other) } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function built(file: string, make: () => Buffer): Pick<Measured, 'fileMb' | 'buildSeconds'> {
  const begin = performance.now();
  writeFileSync(file, make());
  return { fileMb: statSync(file).size / 1e6, buildSeconds: (performance.now() - begin) / 1000 };
}

/** In a process that does nothing else, as a function would. */
function inOneProcess(file: string): Pick<Measured, 'loadMs' | 'memoryMb' | 'p50' | 'p95'> {
  const script = join(ROOT, 'bench/search/measure.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', script, file], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Pick<Measured, 'loadMs' | 'memoryMb' | 'p50' | 'p95'>;
}

/** Numbers from 0 to 1, the same ones each time. */
function rule(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function passages(): Chunk[] {
  const files = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const texts = files.map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8'));
  const sentences = texts
    .flatMap((text) => chunk(text))
    .flatMap(({ text }) => sentencesOf(text))
    .filter((sentence) => sentence.length > 30 && sentence.length < 300);
  const random = rule(1);
  return Array.from({ length: PASSAGES }, (_, at) => ({
    source: `document-${Math.floor(at / 4)}.md`,
    ...{ title: `Document ${Math.floor(at / 4)}`, place: '' },
    text: Array.from(
      { length: SENTENCES },
      () => sentences[Math.floor(random() * sentences.length)] ?? '',
    ).join(' '),
  }));
}
