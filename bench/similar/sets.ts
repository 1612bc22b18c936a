import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Asked } from './stream.ts';

/* Questions with the label that is right for each, of public sets; what is held out is not read. */

export interface Stream {
  name: string;
  stream: Asked[];
  /** Figures are of the questions from here on. */
  from: number;
  says: string;
}

const SETS = ['semantic_cache_intents', 'banking77', 'clinc150_oos'];

/** @param random shuffles: the sets are sorted by label. @throws Error where the folder is of no such set */
export function streamOf(folder: string, random: () => number): Stream {
  const name = basename(folder);
  if (!SETS.includes(name))
    throw new Error(`--data takes the folder of a set, ${SETS.join(', ')}, and '${folder}' is none`);
  const dev = join(folder, 'dev');
  if (name === 'semantic_cache_intents') {
    const pairs = pairsOf(dev);
    const own = new Set(pairs.map(({ text }) => text));
    // The set was made of banking77, which lies beside it: what is not in it comes before.
    const before = bankingOf(join(folder, '..', 'banking77', 'dev')).filter(({ text }) => !own.has(text));
    const stream = [...shuffled(before, random), ...shuffled(pairs, random)];
    return {
      name,
      stream,
      from: before.length,
      says: 'its questions, behind those of banking77 that it has not',
    };
  }
  const all = name === 'banking77' ? bankingOf(dev) : clincOf(dev);
  const stream = shuffled(all, random);
  return { name, stream, from: Math.floor(stream.length * 0.8), says: 'the last fifth' };
}

function pairsOf(dev: string): Asked[] {
  interface Pair {
    text_a: string;
    text_b: string;
    intent_a: string;
    intent_b: string;
  }
  const pairs = readFileSync(join(dev, 'pairs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pair);
  const texts = pairs.flatMap((pair): [string, string][] => [
    [pair.text_a, pair.intent_a],
    [pair.text_b, pair.intent_b],
  ]);
  return [...new Map(texts)].map(([text, label]) => ({ text, label }));
}

function bankingOf(dev: string): Asked[] {
  const rows = readFileSync(join(dev, 'train.csv'), 'utf8').matchAll(
    /(?:"((?:[^"]|"")*)"|([^,\n"]*)),([\w?]+)\r?\n/g,
  );
  const [, ...asked] = [...rows].map(([, quoted, plain = '', label = '']) => ({
    ...{ text: quoted?.replaceAll('""', '"') ?? plain, label },
  }));
  return asked;
}

function clincOf(dev: string): Asked[] {
  const parts = JSON.parse(readFileSync(join(dev, 'data_full_dev.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >;
  return Object.values(parts).flatMap((rows) => rows.map(([text, label]) => ({ text, label })));
}

function shuffled<T>(given: readonly T[], random: () => number): T[] {
  const all = [...given];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
