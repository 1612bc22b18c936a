import { readFileSync } from 'node:fs';
import {
  type Marked,
  readListed,
  readPairs,
  readSets,
  type Score,
  scoreOf,
  shareOf,
} from './personal-data.ts';
import { atLeast, atMost, printVerdicts, type Verdict } from './verdicts.ts';

/*
 * `npm run bench:privacy -- [directory]`: how much of what people marked in texts is found, by class, and how much of what is found
 * nobody marked. Without a directory the sample of `test/data` is read, else the sets below it (pii_nano, contextual_anonymizer,
 * wnut17_names).
 */

const [directory] = process.argv.slice(2).filter((it) => !it.startsWith('--'));
const SAMPLE = new URL('../test/data/personal-data/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, SAMPLE), 'utf8');
const sets: ReadonlyMap<string, readonly Marked[]> = directory
  ? readSets(directory)
  : new Map([
      ['sample of pairs', readPairs(sample('pairs.jsonl'))],
      ['sample of lists', readListed(sample('listed.json'))],
    ]);

/** Below so many marks a share says nothing. */
const LEAST_SHOWN = directory ? 20 : 5;
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function print(name: string, texts: number, { recall, falsely }: Score): void {
  console.log(`\n${name}: ${texts} texts`);
  for (const [label, share] of [...recall].sort(([, a], [, b]) => b.of - a.of))
    if (share.of >= LEAST_SHOWN || share.hits > 0)
      console.log(`  found ${label}: ${share.hits} of ${share.of}, ${percent(shareOf(share))}`);
  for (const [kind, share] of falsely)
    console.log(`  not marked ${kind}: ${share.hits} of ${share.of}, ${percent(shareOf(share))}`);
}

const verdicts: Verdict[] = [];
for (const [name, texts] of sets) {
  const score = scoreOf(texts);
  print(name, texts.length, score);
  for (const label of ['EMAIL', 'PHONE', 'IBAN', 'CREDIT_CARD', 'SSN', 'PESEL']) {
    const share = score.recall.get(label);
    if (share && share.of >= LEAST_SHOWN)
      verdicts.push(atLeast(`${name}, ${label} found`, shareOf(share), 0.98, percent));
  }
  for (const label of ['NAME', 'PERSON', 'ADDRESS']) {
    const share = score.recall.get(label);
    if (share && share.of >= LEAST_SHOWN && !name.startsWith('wnut'))
      verdicts.push(atLeast(`${name}, ${label} found`, shareOf(share), 0.6, percent));
  }
  for (const [kind, share] of score.falsely) {
    if (share.of < Math.max(LEAST_SHOWN, 20) || name.startsWith('wnut')) continue;
    const likely = kind === 'name' || kind === 'address';
    verdicts.push(atMost(`${name}, ${kind} not marked`, shareOf(share), likely ? 0.32 : 0.01, percent));
  }
}
printVerdicts(verdicts);
