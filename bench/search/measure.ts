import { readFileSync } from 'node:fs';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { byWords, questionsIn } from '../../lambdas/knowledge/index/search.ts';
import { byBoth, MOST_VECTORS } from '../../lambdas/knowledge/index/vectors.ts';
import { percentile } from '../../local/load/posts.ts';

/* What one index takes in a process of its own: `node --expose-gc bench/search/measure.ts <file>` prints it as JSON. */

const SEARCHES = 200;

const memory = () => {
  globalThis.gc?.();
  const { rss } = process.memoryUsage();
  return rss / 1e6;
};

/** Milliseconds of this thread's own work: neighbours do not decide. */
const cpu = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

const before = memory();
const begin = cpu();
const index = Index.open(readFileSync(process.argv[2] ?? ''));
const loadMs = cpu() - begin;

/** Messages of three to twelve sentences: those of passages, in another order. */
const query = (at: number) =>
  Array.from(
    { length: 1 + (at % 4) },
    (_, part) => index.passage((at * 241 + part * 7_919) % index.size).text,
  ).join(' ');
const { dimensions = 0 } = index.header;
const vector = Float32Array.from({ length: dimensions }, (_, at) => Math.sin(at));
const times: number[] = [];
for (let at = 0; at < SEARCHES; at += 1) {
  const text = query(at);
  const from = cpu();
  if (dimensions === 0) byWords(index, text, 5);
  else {
    const questions = questionsIn(index, text);
    const asked = questions.slice(0, MOST_VECTORS).map(() => vector);
    byBoth(index, questions, asked, 5);
  }
  times.push(cpu() - from);
}
const [p50, p95] = [0.5, 0.95].map((share) => percentile(times, share));
console.log(JSON.stringify({ loadMs, memoryMb: memory() - before, p50, p95 }));
