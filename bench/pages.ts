import { readApart } from '../lambdas/read/apart.ts';
import { READING } from '../lib/parts/handler.ts';
import { line, pdfFile } from '../test/support/pdf.ts';
import { costOf, type Usage } from './prices.ts';
import { atMost, type Verdict } from './verdicts.ts';

/*
 * What reading a page of a document costs in AWS: the time is measured here, in the process of its own that reads it there, too; the
 * calls are those of the stage `read`. A file that was read before costs its calls alone.
 */

const PAGES = 10;
const LINES = 45;
/** Dollars per 1,000 pages. */
const MOST = { 'PDF with text': 0.2, scan: 0.5 };

const POLICY = { types: ['pdf', 'image'], mostBytes: 50_000_000, mostPages: 200 } as const;

const sentence = (at: number) =>
  `Line ${at}: 3 pieces of article 47-${at} at EUR 12.50 each, EUR 37.50 in all.`;
const page = (): string =>
  Array.from({ length: LINES }, (_, at) => line(sentence(at), 60, 790 - at * 16, 10)).join('\n');

interface Read {
  seconds: number;
  pages: number;
  pictures: Uint8Array[];
}

async function read(bytes: Uint8Array): Promise<Read> {
  const pictures: Uint8Array[] = [];
  const began = performance.now();
  const came = await readApart(bytes, { policy: POLICY, onPicture: (_, png) => void pictures.push(png) });
  if ('refusal' in came) throw new Error(`a document of the bench was refused: ${came.refusal}`);
  return { seconds: (performance.now() - began) / 1000, pages: came.reading.pages.length, pictures };
}

/** Of one document: its queue, its row, its bytes, what is remembered of it. */
function usageOf({ seconds, pages }: Pick<Read, 'seconds' | 'pages'>): Usage {
  return {
    'Lambda request': 1,
    'Lambda GB-second (arm64)': (READING / 1024) * seconds,
    'SQS request': 4,
    // The claim, what is in hand, what was read; a row has less than two kilobytes.
    'DynamoDB write unit (on demand)': 6,
    // Two of what was read, one of each picture.
    'S3 PUT': 2 + pages,
    'S3 GET': 3,
  };
}

/** Prints the table. @returns how it stands to what a page may cost. */
export async function printPages(): Promise<Verdict[]> {
  const text = await read(pdfFile({ pages: Array.from({ length: PAGES }, page) }));
  const scans: Read[] = [];
  for (const picture of text.pictures.slice(0, 3)) scans.push(await read(picture));
  const scan = {
    seconds: scans.reduce((sum, { seconds }) => sum + seconds, 0),
    pages: scans.length,
  };
  const rows = [
    ['PDF with text', { ...text, documents: 1 }],
    ['scan', { ...scan, documents: scans.length }],
  ] as const;
  console.log('\n| a page of | seconds | US$ per 1,000 pages |');
  console.log('| --- | ---: | ---: |');
  const verdicts = rows.map(([name, { seconds, pages, documents }]) => {
    const usage = usageOf({ seconds: seconds / documents, pages: pages / documents });
    const dollars = (costOf(usage) * documents * 1000) / pages;
    console.log(`| ${name} | ${(seconds / pages).toFixed(2)} | ${dollars.toFixed(3)} |`);
    return atMost(`1,000 pages, ${name}`, dollars, MOST[name], (value) => `US$ ${value.toFixed(3)}`);
  });
  console.log(
    `\nMeasured on this machine with ${PAGES} pages of text in one file and ${scans.length} scanned pages in as many; at ${READING} MB. A file that was read before is not read again.`,
  );
  return verdicts;
}
