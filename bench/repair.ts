import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { plain } from '../lambdas/kit/repair/node.ts';
import { type Understood, understood } from '../lambdas/kit/repair/repair.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:repair -- <folder>`: what code alone makes of broken JSON, in public collections: `json_repair/dev` (three projects'
 * own tests, which do not agree on what is meant) and `json_test_suite/dev`. By value, not by text. Wrong is worse than refused: a
 * doubt asks a person, and wrong without a doubt would act alone. Also time and memory, at the worst that we could think of.
 */

const [folder] = process.argv.slice(2).filter((it) => !it.startsWith('--'));
if (!folder) throw new Error('name the folder of the collections: npm run bench:repair -- <folder>');

interface Case {
  source: string;
  raw: string;
  repaired_value?: unknown;
  repaired_text?: string;
  already_valid: boolean;
}

const read = (text: string | Uint8Array): Understood => understood({ bytes: Buffer.from(text) });
const valueIn = (it: Understood) => ('reason' in it ? undefined : plain(it.node));

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

const lines = readFileSync(join(folder, 'json_repair/dev/cases.jsonl'), 'utf8').trim().split('\n');
const cases = lines.map((line) => JSON.parse(line) as Case);
const counts = new Map<string, { exact: number; refused: number; doubtful: number; wrong: number }>();
for (const one of cases) {
  const expected = 'repaired_value' in one ? one.repaired_value : parsed(one.repaired_text);
  const it = read(one.raw);
  const name = `${one.source}, ${one.already_valid ? 'valid' : 'broken'}`;
  const count = counts.get(name) ?? { exact: 0, refused: 0, doubtful: 0, wrong: 0 };
  counts.set(name, count);
  if ('reason' in it) count.refused += 1;
  else if (isDeepStrictEqual(valueIn(it), one.already_valid ? parsed(one.raw) : expected)) count.exact += 1;
  else if (it.doubts.length > 0) count.doubtful += 1;
  else count.wrong += 1;
}
console.log('\njson_repair: by value\n');
printTable(
  ['source', 'exact', 'refused', 'wrong, a person asked', 'wrong, alone'],
  [...counts].map(([name, it]) => [name, ...[it.exact, it.refused, it.doubtful, it.wrong].map(String)]),
);
const sum = (pick: (name: string) => boolean, field: 'wrong' | 'doubtful') =>
  [...counts].filter(([name]) => pick(name)).reduce((all, [, it]) => all + it[field], 0);

const suite = new Map<string, number>();
let touched = 0;
for (const set of ['test_parsing', 'test_transform'])
  for (const file of readdirSync(join(folder, 'json_test_suite/dev', set))) {
    const bytes = readFileSync(join(folder, 'json_test_suite/dev', set, file));
    const it = read(bytes);
    const kind = set === 'test_transform' ? 'transform' : file.slice(0, 1);
    if (kind === 'y' && !isDeepStrictEqual(valueIn(it), JSON.parse(bytes.toString('utf8')))) touched += 1;
    const ending = 'reason' in it ? 'refused' : it.doubts.length > 0 ? 'read with a doubt' : 'read';
    suite.set(`${kind}: ${ending}`, (suite.get(`${kind}: ${ending}`) ?? 0) + 1);
  }
console.log('\njson_test_suite\n');
printTable(
  ['kind and ending', 'files'],
  [...suite].sort().map(([name, count]) => [name, String(count)]),
);

const SIZE = 1_000_000;
const HOSTILE: Readonly<Record<string, string>> = {
  'a good body': `{"a": [${'{"b": 1, "c": "d"},'.repeat(SIZE / 19)}1]}`,
  'nothing but brackets': '['.repeat(SIZE),
  'nothing but quotes': `{"a": "${'" '.repeat(SIZE / 2)}`,
  'quotes that end lines': `{"a": "${'"\n'.repeat(SIZE / 2)}`,
  'words without quotes': `[${'a '.repeat(SIZE / 2)}`,
  comments: `[${'/**/'.repeat(SIZE / 4)}`,
  blanks: ' '.repeat(SIZE),
  escapes: `["${'\\"'.repeat(SIZE / 2)}`,
};
let slowest = 0;
let largest = 0;
const rows = Object.entries(HOSTILE).map(([name, text]) => {
  const before = process.memoryUsage().rss;
  const began = process.threadCpuUsage();
  read(text);
  const { user, system } = process.threadCpuUsage(began);
  const ms = (user + system) / 1000;
  const grown = Math.max(0, process.memoryUsage().rss - before);
  slowest = Math.max(slowest, ms);
  largest = Math.max(largest, grown);
  return [name, `${ms.toFixed(0)} ms`, `${(grown / 1e6).toFixed(0)} MB`];
});
console.log('\n1 MB each\n');
printTable(['text', 'CPU', 'memory'], rows);

const broken = (name: string) => name.endsWith('broken') && !name.startsWith('baml');
printVerdicts([
  exactly('good JSON that was changed', touched, 0),
  exactly('broken JSON, wrong and acted on alone', sum(broken, 'wrong'), 0),
  atMost('broken JSON, wrong and put before a person', sum(broken, 'doubtful'), 5),
  exactly(
    'valid JSON of the three projects that was changed',
    sum((name) => name.endsWith('valid'), 'wrong') + sum((name) => name.endsWith('valid'), 'doubtful'),
    0,
  ),
  atMost('the slowest megabyte', slowest, 2000, (ms) => `${ms.toFixed(0)} ms of CPU`),
  atMost('the largest megabyte', largest, 300e6, (bytes) => `${(bytes / 1e6).toFixed(0)} MB`),
]);
