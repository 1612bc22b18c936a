/* Small PDFs, written by hand: each test says what its page holds, and how. */

export interface PdfOptions {
  /** Content stream of each page; the fonts `/F1` and `/F2` are Helvetica and Courier. */
  pages: string[];
  size?: readonly [number, number];
  rotate?: number;
  /** More of each page's dictionary, and of the catalog. */
  page?: string;
  catalog?: string;
  /** Whole objects, numbered from 100,000 on. */
  objects?: (string | Buffer)[];
  /** More of the trailer; and what is done to the content of each page, by the number of its object. */
  trailer?: string;
  encrypt?: (id: number, content: Buffer) => Buffer;
}

export function pdfFile({
  pages,
  size = [595, 842],
  rotate = 0,
  page = '',
  catalog = '',
  objects = [],
  trailer = '',
  encrypt = (_, content) => content,
}: PdfOptions): Buffer {
  const fonts = '/Font<</F1 3 0 R/F2 4 0 R>>';
  const numbered = new Map<number, string | Buffer>([
    [1, `<</Type/Catalog/Pages 2 0 R${catalog}>>`],
    [
      2,
      `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, at) => `${10 + at * 2} 0 R`).join(' ')}]>>`,
    ],
    [3, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>'],
    [4, '<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>'],
  ]);
  for (const [at, content] of pages.entries()) {
    const resources = page.includes('/Resources') ? '' : `/Resources<<${fonts}>>`;
    numbered.set(
      10 + at * 2,
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${size[0]} ${size[1]}]/Rotate ${rotate}${resources}${page}/Contents ${11 + at * 2} 0 R>>`,
    );
    numbered.set(11 + at * 2, stream('', encrypt(11 + at * 2, Buffer.from(content, 'latin1'))));
  }
  for (const [at, object] of objects.entries()) numbered.set(100_000 + at, object);
  return assembled(numbered, trailer);
}

/** A stream object's text. */
export const stream = (dictionary: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`<<${dictionary}/Length ${content.length}>>\nstream\n`),
    content,
    Buffer.from('\nendstream'),
  ]);

/** A line of text at a place counted from the lower left corner. */
export function line(text: string, x: number, y: number, size = 11, before = ''): string {
  const escaped = text.replaceAll(/[\\()]/g, '\\$&');
  return `BT ${before} /F1 ${size} Tf ${x} ${y} Td (${escaped}) Tj ET`;
}

function assembled(numbered: ReadonlyMap<number, string | Buffer>, trailer: string): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  let at = parts[0]?.length ?? 0;
  const rows: string[] = ['0 1\n0000000000 65535 f \n'];
  for (const [id, object] of numbered) {
    const whole = Buffer.concat([
      Buffer.from(`${id} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]);
    rows.push(`${id} 1\n${String(at).padStart(10, '0')} 00000 n \n`);
    parts.push(whole);
    at += whole.length;
  }
  const size = Math.max(...numbered.keys()) + 1;
  parts.push(
    Buffer.from(
      `xref\n${rows.join('')}trailer\n<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
