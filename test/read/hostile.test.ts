import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readApart } from '../../lambdas/read/apart.ts';
import { encodePng } from '../../lambdas/read/image/png.ts';
import { EVERY_TYPE, read, zipOf } from '../support/documents.ts';
import { line, pdfFile, stream } from '../support/pdf.ts';

/*
 * Files that are made to kill their reader. Each is read apart, as in production, within bounds that honest files keep, and refused by
 * a name that says what it is, or read as the page that it shows.
 */

const SENTENCE = 'An honest page with a sentence on it';
const honest = line(SENTENCE, 50, 700);
const WORD = '[Content_Types].xml';
const zeros = (megabytes: number) => Buffer.alloc(megabytes * 1024 * 1024);

/** A PNG that says of itself that it is so large. */
function pngOf(width: number, height: number, content = deflateSync(Buffer.alloc(100))): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const chunk = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)]);
  };
  return Buffer.concat([
    encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }).subarray(0, 8),
    chunk('IHDR', header),
    chunk('IDAT', content),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const image = (width: number, height: number, data: Buffer) =>
  stream(
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode`,
    data,
  );
const drawn = '/Resources<</Font<</F1 3 0 R>>/XObject<</X 100000 0 R>>>>';

/** Pages that are one object: 10,000 of them take no room. */
function manyPages(count: number): Buffer {
  const text = pdfFile({ pages: [honest] }).toString('latin1');
  return Buffer.from(
    text.replace(/\/Count 1\/Kids\[10 0 R\]/, `/Count ${count}/Kids[${'10 0 R '.repeat(count)}]`),
    'latin1',
  );
}

const OFFICE = 'http://schemas.openxmlformats.org';
const SHEETS = `xmlns="${OFFICE}/spreadsheetml/2006/main" xmlns:r="${OFFICE}/officeDocument/2006/relationships"`;

/** A workbook of one sheet with these rows. */
const sheet = (rows: string, shared = ''): Buffer =>
  zipOf({
    [WORD]: '<T/>',
    'xl/workbook.xml': `<workbook ${SHEETS}><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${OFFICE}/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `<sst ${SHEETS}><si><t>${shared}</t></si></sst>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${SHEETS}><sheetData>${rows}</sheetData></worksheet>`,
  });

type Outcome = string | RegExp;

const HOSTILE: Record<string, [Outcome, () => Uint8Array]> = {
  'a PNG of 100,000 by 100,000 pixels': ['too-many-pixels', () => pngOf(100_000, 100_000)],
  'a PNG that unpacks to more than its pixels': [
    'decompression-bomb',
    () => pngOf(100, 100, deflateSync(zeros(100))),
  ],
  'a PNG that ends too early': ['damaged', () => pngOf(1000, 1000)],
  'a BMP of 2 billion pixels': [
    'too-many-pixels',
    () =>
      Buffer.concat([
        Buffer.from('BM'),
        Buffer.alloc(12),
        Buffer.from('28000000fffffe7f01000000', 'hex'),
        Buffer.alloc(64),
      ]),
  ],
  'a GIF of nothing': [
    'damaged',
    () => Buffer.concat([Buffer.from('GIF89a'), Buffer.from('e803e803', 'hex'), Buffer.alloc(20)]),
  ],
  'a TIFF whose pages go round in a circle': [
    'damaged',
    () => Buffer.from('49492a00080000000000080000000000', 'hex'),
  ],
  'a JPEG that is only a beginning': ['damaged', () => Buffer.from('ffd8ffe000104a464946', 'hex')],
  'a Word file that unpacks to 300 MB': [
    'decompression-bomb',
    () => zipOf({ [WORD]: '<T/>', 'word/document.xml': zeros(300) }),
  ],
  'a sheet of 100,000 rows with a cell far to the right': [
    'decompression-bomb',
    () => sheet('<row><c r="XFD1"><v>1</v></c></row>'.repeat(100_000)),
  ],
  'a sheet whose every cell is one text of a megabyte': [
    'decompression-bomb',
    () => sheet('<row><c t="s"><v>0</v></c></row>'.repeat(100_000), 'x'.repeat(1_000_000)),
  ],
  'a zip archive in a zip archive in one': [
    'archive',
    () => zipOf({ a: zipOf({ b: zipOf({ c: zeros(20) }) }) }),
  ],
  'a gzip of 200 MB': ['archive', () => gzipSync(zeros(200))],
  'XML with a million entities': [
    'external-reference',
    () =>
      Buffer.from(
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
      ),
  ],
  'XML with 300,000 attributes': [
    'not-an-invoice',
    () =>
      Buffer.from(
        `<?xml version="1.0"?><a ${Array.from({ length: 300_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
      ),
  ],
  'HTML of 100,000 open elements': [
    'html',
    () => Buffer.from(`<html><body>${'<div><b>'.repeat(100_000)}words`),
  ],
  'a mail of 5,000 attachments': [
    'decompression-bomb',
    () =>
      Buffer.from(
        `From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n'.repeat(5000)}--b--`,
      ),
  ],
  'a mail of 2,000 parts in one another': [
    'too-deep',
    () =>
      Buffer.from(
        `From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n${Array.from({ length: 2000 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join('')}Content-Type: text/plain\r\n\r\nx`,
      ),
  ],
  'a PDF of 10,000 pages': ['too-many-pages', () => manyPages(10_000)],
  'a PDF whose page is 2 km wide': [
    /^(?:damaged|pdf)$/,
    () => pdfFile({ pages: [honest], size: [6_000_000, 6_000_000] }),
  ],
  'a PDF whose page is as large as pages may be': [
    'pdf',
    () => pdfFile({ pages: [honest], size: [14_400, 14_400] }),
  ],
  'a PDF with a picture of 100 million pixels': [
    /^(?:pdf|killed-its-reader)$/,
    () =>
      pdfFile({
        pages: [`${honest} q 500 0 0 300 40 100 cm /X Do Q`],
        page: drawn,
        objects: [image(10_000, 10_000, deflateSync(zeros(96)))],
      }),
  ],
  'a PDF whose form draws itself': [
    /^(?:pdf|killed-its-reader)$/,
    () =>
      pdfFile({
        pages: [`${honest} /X Do`],
        page: drawn,
        objects: [
          stream(
            '/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 100000 0 R>>>>',
            Buffer.from('/X Do /X Do'),
          ),
        ],
      }),
  ],
  'a PDF whose forms each draw ten others': [
    /^(?:pdf|killed-its-reader)$/,
    () =>
      pdfFile({
        pages: [`${honest} /X Do`],
        page: drawn,
        objects: Array.from({ length: 12 }, (_, at) =>
          stream(
            `/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X ${100_001 + at} 0 R>>>>`,
            Buffer.from(at === 11 ? '0 0 10 10 re f' : '/X Do '.repeat(10)),
          ),
        ),
      }),
  ],
  'a PDF whose pages have no end': [
    /^(?:damaged|pdf|too-many-pages)$/,
    () =>
      Buffer.from(
        pdfFile({ pages: [honest] })
          .toString('latin1')
          .replace('/Kids[10 0 R]', '/Kids[2 0 R]  '),
        'latin1',
      ),
  ],
  'a PDF with a million words': [
    /^(?:pdf|killed-its-reader)$/,
    () =>
      pdfFile({
        pages: [
          Array.from({ length: 100_000 }, (_, at) =>
            line('ten words of a page that has far too many', at % 500, at % 800),
          ).join('\n'),
        ],
      }),
  ],
  'a PDF of noise behind its first line': [
    'damaged',
    () =>
      Buffer.concat([
        Buffer.from('%PDF-1.7\n'),
        Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7919 + (at >> 3)) % 256)),
      ]),
  ],
};

const SECONDS = 40;
const MEGABYTES = 1200;

describe('a hostile file is bounded in time and memory, and has a name', () => {
  test.each(Object.entries(HOSTILE))('%s', async (_, [outcome, make]) => {
    const result = await readApart(make(), { policy: EVERY_TYPE, seconds: SECONDS, megabytes: MEGABYTES });
    expect('refusal' in result ? result.refusal : result.reading.type).toMatch(
      typeof outcome === 'string' ? new RegExp(`^${outcome}$`) : outcome,
    );
    if (outcome !== 'killed-its-reader' && 'refusal' in result)
      expect(result).not.toHaveProperty('bound', 'crash');
  });

  test('an honest one is read after them as before', async () => {
    expect(await read(pdfFile({ pages: [honest] }))).toMatchObject({ pages: [{ text: SENTENCE }] });
  });
});
