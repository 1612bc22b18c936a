import { performance } from 'node:perf_hooks';
import { difference, judged } from '../lambdas/models/similar/judge/facts.ts';
import { vectorsOf } from './search/vectors.ts';
import { ATTACKS, HARMLESS, pairsIn } from './similar/attacks.ts';
import { remoteVectors } from './similar/endpoint.ts';
import { seeded, streamOf } from './similar/sets.ts';
import { guarded, naive, type Part } from './similar/stream.ts';
import { atLeast, atMost, exactly, printVerdicts, type Verdict } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:similar`: what the judge lets pass of pairs that were written against it. With `-- --data <folder>` (semantic_cache_intents,
 * banking77, clinc150_oos; several times for several) also how many questions of a stream get the answer of others and how many of these
 * answers are wrong, beside a cache that goes by the nearest vector alone. What is learnt is learnt as the stream goes, as in production.
 * A model that is always right answers what is not answered so; wrong is an answer whose label is not the question's own. The vectors are
 * made offline (`search/vectors.ts`), or with OPENAI_API_KEY and `--endpoint` by text-embedding-3-small. `--seed N` shuffles otherwise.
 */

const args = process.argv.slice(2);
const folders = args.flatMap((arg, at) => (arg === '--data' ? [args[at + 1] ?? ''] : []));
const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) : 0;
const WRONG_AT_MOST = 0.01;
/** A usual choice. */
const NAIVE = 0.85;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function attacked(): Verdict[] {
  const rows = Object.entries(ATTACKS).map(([kind, lines]) => {
    const pairs = pairsIn(lines);
    const passed = pairs.filter(
      ([a, b]) => !difference(judged(a), judged(b)) || !difference(judged(b), judged(a)),
    );
    return { kind, pairs: pairs.length, passed };
  });
  const harmless = pairsIn(HARMLESS);
  const passing = harmless.filter(([a, b]) => !difference(judged(a), judged(b))).length;
  printTable(
    ['pairs that differ in', 'pairs', 'let pass'],
    [
      ...rows.map(({ kind, pairs, passed }) => [kind, String(pairs), String(passed.length)]),
      ['nothing but words', String(harmless.length), String(passing)],
    ],
  );
  return [
    exactly(
      'answers for another question',
      rows.reduce((sum, { passed }) => sum + passed.length, 0),
      0,
    ),
    atLeast('the same question let pass', passing / harmless.length, 0.8, percent),
  ];
}

const row = (name: string, { questions, hits, wrong, audited }: Part) => [
  ...[
    name,
    String(questions),
    percent(shareOf(hits, questions)),
    String(wrong),
    percent(shareOf(wrong, hits)),
  ],
  percent(shareOf(hits - audited, questions)),
];

async function streamed(folder: string): Promise<Verdict[]> {
  const random = seeded(seed);
  const { name, stream, from, says } = streamOf(folder, random);
  const texts = stream.map(({ text }) => text);
  const began = performance.now();
  const vectors = args.includes('--endpoint') ? await remoteVectors(texts) : await vectorsOf(texts);
  const seconds = (performance.now() - began) / 1000;
  const run = guarded(stream, vectors, { wrongAtMost: WRONG_AT_MOST, from, random });
  const plain = naive(stream, vectors, { threshold: NAIVE, from });
  const at = (of: readonly number[], share: number) =>
    of.toSorted((a, b) => a - b)[Math.floor(of.length * share)]?.toFixed(1) ?? '–';
  console.log(
    `\n${name}: ${stream.length} questions, seed ${seed}; figures of ${says} (${stream.length - from})\n`,
  );
  printTable(
    ['', 'questions', 'hits', 'wrong', 'of hits', 'calls avoided'],
    [
      row('guarded', run.last),
      row('guarded, the whole stream', run.all),
      row(`nearest vector from ${NAIVE} on`, plain),
    ],
  );
  console.log(
    `open from question ${run.opened ?? 'none'} on, at the end from a score of ${run.least ?? '–'}; a look takes ${at(run.looks, 0.5)} ms, P95 ${at(run.looks, 0.95)} ms, one that is a hit ${at(run.hits, 0.5)} ms, P95 ${at(run.hits, 0.95)} ms, beside its vector and a read of its witnesses; vectors in ${seconds.toFixed(0)} s`,
  );
  const { hits, wrong, questions } = run.last;
  // What is asked of these sets; another one is only printed.
  return [
    atMost(`${name}: wrong of hits`, shareOf(wrong, hits), WRONG_AT_MOST, percent),
    atLeast(`${name}: hits`, shareOf(hits, questions), 0.4, percent),
  ];
}

const verdicts = attacked();
for (const folder of folders) verdicts.push(...(await streamed(folder)));
printVerdicts(verdicts);
