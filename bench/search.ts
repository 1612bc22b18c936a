import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIndex, type Chunk } from '../lambdas/knowledge/index/build.ts';
import { chunk } from '../lambdas/knowledge/index/chunk.ts';
import { Index } from '../lambdas/knowledge/index/open.ts';
import { byWords, type Hit, questionsIn, wordScores } from '../lambdas/knowledge/index/search.ts';
import { termsIn } from '../lambdas/knowledge/index/terms.ts';
import { visible } from '../lambdas/knowledge/index/text.ts';
import { byBoth, telling } from '../lambdas/knowledge/index/vectors.ts';
import { measureScale } from './search/scale.ts';
import { vectorsOf } from './search/vectors.ts';
import { atLeast, atMost, printVerdicts, type Verdict } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:search`: what an index of 50,000 passages takes. With `-- --data <tau2_banking_kb>` also how many of the documents that
 * a task needs are found by what its customer is told to say (never by the task's solution): by words as a whole query, by words
 * sentence by sentence as `step.search` does it, and with `--vectors` by vectors alone and by both. The vectors are made
 * offline: `search/vectors.ts`.
 */

const args = process.argv.slice(2);
const at = args.indexOf('--data');
const data = at >= 0 ? args[at + 1] : undefined;

interface Document {
  id: string;
  title: string;
  content: string;
}

interface Task {
  user_scenario: { instructions: string };
  required_documents: string[];
}

type Ranked = (query: string) => Promise<Hit[]> | Hit[];

const AT = [5, 10, 20] as const;
const DEEP = 400;

/** Mean share of the required documents among the first k that a ranking names. */
async function recallOf(index: Index, tasks: readonly Task[], ranked: Ranked): Promise<number[]> {
  const sums = AT.map(() => 0);
  for (const { user_scenario: told, required_documents: required } of tasks) {
    const hits = await ranked(told.instructions);
    const documents = [...new Set(hits.map((hit) => index.passage(hit.at).source))];
    for (const [place, k] of AT.entries()) {
      const found = documents.slice(0, k).filter((id) => required.includes(id)).length;
      sums[place] = (sums[place] ?? 0) + found / required.length;
    }
  }
  return sums.map((sum) => sum / tasks.length);
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** As most do it: the whole query at once, over whole documents. */
function asWhole(documents: readonly Document[]): { index: Index; ranked: Ranked } {
  const whole = documents.map(({ id, title, content }) => ({ source: id, title, place: '', text: content }));
  const index = Index.open(buildIndex(whole));
  const ranked = (query: string) => {
    const terms = [...new Set(termsIn(query, index.header.language))];
    const scores = wordScores(index, [{ text: query, terms }]);
    return [...scores.entries()]
      .map(([place, score]) => ({ at: place, score }))
      .sort((one, other) => other.score - one.score);
  };
  return { index, ranked };
}

async function recall(folder: string): Promise<Verdict[]> {
  const dev = join(folder, 'dev');
  const documents = readFileSync(join(dev, 'documents.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Document);
  const tasks = JSON.parse(readFileSync(join(dev, 'tasks.json'), 'utf8')) as Task[];
  const chunks: Chunk[] = documents.flatMap(({ id, title, content }) =>
    chunk(visible(content)).map((piece) => ({ ...piece, source: id, title })),
  );
  const whole = asWhole(documents);
  const vectors = args.includes('--vectors') ? await vectorsOf(chunks.map(textOf)) : undefined;
  const embeddings = vectors && { endpoint: 'bench', model: 'use-lite', vectors };
  const index = Index.open(buildIndex(chunks, embeddings));
  const words: Ranked = (query) => byWords(index, query, DEEP);
  const rows: [string, number[]][] = [
    ['words, the whole query, whole documents', await recallOf(whole.index, tasks, whole.ranked)],
    ['words, sentence by sentence, passages', await recallOf(index, tasks, words)],
  ];
  if (vectors) {
    const both = async (query: string, asked: boolean) => {
      const questions = questionsIn(index, query);
      const near = await vectorsOf(telling(index, questions).map(({ text }) => text));
      return byBoth(index, asked ? questions : [], near, DEEP);
    };
    rows.push(['vectors alone', await recallOf(index, tasks, (query) => both(query, false))]);
    rows.push(['words and vectors', await recallOf(index, tasks, (query) => both(query, true))]);
  }
  console.log(`\n${documents.length} documents, ${chunks.length} passages, ${tasks.length} tasks\n`);
  printTable(
    ['found by', ...AT.map((k) => `recall@${k}`)],
    rows.map(([name, shares]) => [name, ...shares.map(percent)]),
  );
  const [, found = []] = rows[rows.length === 2 ? 1 : 3] ?? [];
  const asked = [0.2, 0.3, 0.4];
  return AT.map((k, place) => atLeast(`recall@${k}`, found[place] ?? 0, asked[place] ?? 0, percent));
}

const textOf = ({ title, place, text }: Chunk) => `${title}. ${place}. ${text}`.slice(0, 1_000);

const verdicts = data ? await recall(data) : [];
const scale = measureScale();
console.log('\n50,000 passages\n');
printTable(
  ['', 'by words', 'with 512 dimensions'],
  [
    ['file, MB', scale.words.fileMb.toFixed(0), scale.vectors.fileMb.toFixed(0)],
    ['built in, s', scale.words.buildSeconds.toFixed(1), scale.vectors.buildSeconds.toFixed(1)],
    ['loaded in, ms of CPU', scale.words.loadMs.toFixed(0), scale.vectors.loadMs.toFixed(0)],
    ['memory, MB', scale.words.memoryMb.toFixed(0), scale.vectors.memoryMb.toFixed(0)],
    ['P50 of a search, ms of CPU', scale.words.p50.toFixed(1), scale.vectors.p50.toFixed(1)],
    ['P95 of a search, ms of CPU', scale.words.p95.toFixed(1), scale.vectors.p95.toFixed(1)],
  ],
);
printVerdicts([
  ...verdicts,
  atMost('loaded in', scale.words.loadMs, 500, (ms) => `${ms.toFixed(0)} ms`),
  atMost('memory by words', scale.words.memoryMb, 150, (mb) => `${mb.toFixed(0)} MB`),
  atMost('P95 by words', scale.words.p95, 250, (ms) => `${ms.toFixed(1)} ms`),
]);
