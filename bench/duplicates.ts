import { readFileSync } from 'node:fs';
import { bandsOf, likeness, signatureOf } from '../lambdas/kit/likeness/minhash.ts';
import { cpuMs } from '../test/support/cpu.ts';
import { atLeast, atMost, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:duplicates [-- --data <records.csv>]`: how well signatures find texts that are nearly the same. Texts are made, and
 * changed by a share of their words; with a file, its records are compared as well: rows with the same first column are the same.
 */

const SIMILARITIES = [0.5, 0.6, 0.7, 0.8, 0.9];

interface Text {
  of: string;
  signature: Uint32Array;
  bands: readonly string[];
}

function signed(of: string, text: string): Text[] {
  const signature = signatureOf(text, 'a key');
  return signature ? [{ of, signature, bands: bandsOf(signature) }] : [];
}

/** Every two texts: how alike, whether a band finds them, and whether they are the same. */
function* pairs(texts: readonly Text[]): Generator<{ like: number; found: boolean; same: boolean }> {
  const sets = texts.map(({ bands }) => new Set(bands));
  for (const [at, one] of texts.entries())
    for (const [to, other] of texts.entries())
      if (to > at)
        yield {
          like: likeness(one.signature, other.signature),
          found: other.bands.some((band) => sets[at]?.has(band)),
          same: one.of === other.of,
        };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function table(name: string, texts: readonly Text[]) {
  const all = [...pairs(texts)];
  const same = all.filter((pair) => pair.same).length;
  console.log(
    `\n${name}: ${texts.length} texts, ${same} pairs that are the same, ${all.length - same} that are not\n`,
  );
  console.log('| `similarity` | precision | recall |\n|---|---:|---:|');
  for (const similarity of SIMILARITIES) {
    const told = all.filter(({ like, found }) => found && like >= similarity);
    const right = told.filter((pair) => pair.same).length;
    console.log(
      `| ${similarity} | ${percent(right / Math.max(1, told.length))} | ${percent(right / Math.max(1, same))} |`,
    );
  }
  return all;
}

/** A row of cells; a cell may hold commas, line ends and doubled quotes within quotes. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

let seed = 7;
const random = () => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};
const word = () => Math.floor(random() * 60_000).toString(36);
const SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.4];

/** A hundred texts of sixty words, and each of them with a share of its words changed. */
const made = Array.from({ length: 100 }, (_, at) => {
  const words = Array.from({ length: 60 }, word);
  const changed = words.map((it) => (random() < (SHARES[at % SHARES.length] ?? 0) ? word() : it));
  return [signed(String(at), words.join(' ')), signed(String(at), changed.join(' '))].flat();
}).flat();
const all = table('made texts', made);

const at = process.argv.indexOf('--data');
const file = at < 0 ? undefined : process.argv[at + 1];
if (file) {
  const [, ...records] = rowsOf(readFileSync(file, 'utf8'));
  // Its own columns for the cluster, the number and the source say nothing about the record.
  table(
    file.split('/').at(-1) ?? file,
    records.flatMap(([of = '', , , ...cells]) => signed(of, cells.filter(Boolean).join(' '))),
  );
}

const alike = all.filter(({ like }) => like >= 0.8);
/** The clock of a thread may be coarse. */
const ROUNDS = Array.from({ length: 10 });
const others = all.filter(({ same }) => !same);
const long = Array.from({ length: 3500 }, word).join(' ').slice(0, 20_000);
printVerdicts([
  atLeast(
    'of pairs that are alike by 0.8 and more a band finds',
    alike.filter(({ found }) => found).length / alike.length,
    0.97,
    percent,
  ),
  atMost(
    'of others, alike by 0.8 are',
    others.filter(({ like }) => like >= 0.8).length / others.length,
    0,
    percent,
  ),
  atMost(
    'a text of 20,000 signs takes',
    cpuMs(() => ROUNDS.forEach(() => void signatureOf(long, 'a key'))) / ROUNDS.length,
    150,
    (ms) => `${ms.toFixed(0)} ms`,
  ),
]);
