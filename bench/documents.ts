import { DOCUMENT_TYPES, type DocumentPolicy } from '../lambdas/contract/document.ts';
import { readApart } from '../lambdas/read/apart.ts';
import { scoreOf } from '../test/support/scan-score.ts';
import { bitmapOf, KINDS, type Kind, scanOf } from '../test/support/scans.ts';
import { tiffFile } from '../test/support/tiff.ts';
import { atLeast, atMost, printVerdicts, type Verdict } from './verdicts.ts';

/*
 * `npm run bench:documents`: thirty invoices that nobody wrote, as scanners and telephones give them, read by OCR as in
 * production: the share of their words, how far each word's box is from its ink; and a scan of twenty pages against the clock.
 */

const INVOICES = 30;
const PAGES = 20;
const LEAST: Readonly<Record<Kind, number>> = {
  clean: 0.99,
  grey: 0.97,
  rotated: 0.97,
  jpeg: 0.97,
  columns: 0.97,
};
const MOST_PIXELS = 3;
const MOST_SECONDS = 60;
const policy: DocumentPolicy = { types: DOCUMENT_TYPES, mostBytes: 200_000_000, mostPages: 50 };

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const pixels = (value: number) => `${value.toFixed(1)} px`;

async function pagesOf(document: Uint8Array) {
  const read = await readApart(document, { policy });
  if (!('reading' in read)) throw new Error(`refused: ${read.refusal}`);
  return read.reading.pages;
}

async function accuracy(kind: Kind): Promise<Verdict[]> {
  let [words, right, farthest] = [0, 0, 0];
  for (let seed = 1; seed <= INVOICES / KINDS.length; seed += 1) {
    const scan = await scanOf(seed * KINDS.length + KINDS.indexOf(kind), kind);
    const score = scoreOf((await pagesOf(scan.picture))[0], scan.words);
    words += score.words;
    right += score.right;
    farthest = Math.max(farthest, score.farthest);
  }
  console.log(`${kind}: ${right} of ${words} words, the farthest box ${pixels(farthest)} from its ink`);
  return [
    atLeast(`${kind}: words read`, right / words, LEAST[kind], percent),
    atMost(`${kind}: farthest box at 150 dpi`, farthest, MOST_PIXELS, pixels),
  ];
}

async function twentyPages(): Promise<Verdict> {
  const bitmaps = [];
  for (let seed = 1; seed <= PAGES; seed += 1) bitmaps.push((await bitmapOf(seed, 'grey')).bitmap);
  const document = tiffFile(bitmaps, 150);
  const start = performance.now();
  await pagesOf(document);
  const seconds = (performance.now() - start) / 1000;
  return atMost(`a scan of ${PAGES} pages`, seconds, MOST_SECONDS, (value) => `${value.toFixed(1)} s`);
}

const verdicts: Verdict[] = [];
for (const kind of KINDS) verdicts.push(...(await accuracy(kind)));
printVerdicts([...verdicts, await twentyPages()]);
