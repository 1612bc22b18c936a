import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openPdf } from '../../lambdas/read/pdf/document.ts';
import { readPage } from '../../lambdas/read/pdf/pages.ts';
import { line, pdfFile, stream } from '../support/pdf.ts';

/* Pictures on a page of text: a logo decides nothing, a large picture is looked at. */

const WORDS = [
  'A letter about a delivery that came on time',
  'and was in order, as everybody says',
  'Thank you',
];

/** A checkered picture, drawn at these places: lower left corner, width and height in points. */
function pageWith(...pictures: [x: number, y: number, width: number, height: number][]): Buffer {
  const pixels = Buffer.from(
    Array.from({ length: 64 * 64 }, (_, at) => (((at >> 3) + (at >> 9)) % 2 ? 255 : 0)),
  );
  const picture = stream(
    '/Type/XObject/Subtype/Image/Width 64/Height 64/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode',
    deflateSync(pixels),
  );
  const drawn = pictures.map(([x, y, width, height]) => `q ${width} 0 0 ${height} ${x} ${y} cm /Logo Do Q`);
  return pdfFile({
    pages: [[...WORDS.map((words, at) => line(words, 72, 500 - 20 * at)), ...drawn].join('\n')],
    page: '/Resources<</Font<</F1 3 0 R>>/XObject<</Logo 100000 0 R>>>>',
    objects: [picture],
  });
}

async function readIn(bytes: Buffer) {
  const pdf = await openPdf(bytes);
  let looked = 0;
  try {
    const noOcr = () => {
      looked += 1;
      return Promise.reject(new Error('OCR was asked'));
    };
    return await readPage(pdf, 0, noOcr).catch(() => ({ looked }));
  } finally {
    pdf.close();
  }
}

it.each([
  ['a logo', [[72, 750, 120, 60]]],
  [
    'a logo, a signature and three badges',
    [[72, 750, 120, 60], [72, 380, 140, 50], ...[72, 112, 152].map((x) => [x, 60, 30, 30])],
  ],
] as [string, [number, number, number, number][]][])(
  'a page of text with %s is its text: nobody is asked, nothing is doubted',
  async (_, pictures) => {
    expect(await readIn(pageWith(...pictures))).toMatchObject({
      page: { text: WORDS.join('\n'), source: 'text' },
      suspicions: [],
    });
  },
);

it('a picture of an eighth of the page is looked at, or nothing above is proved', async () => {
  expect(await readIn(pageWith([72, 550, 300, 250]))).toEqual({ looked: 1 });
});
