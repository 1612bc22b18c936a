import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EICAR, read, readingOf, zipOf } from '../support/documents.ts';
import { line, pdfFile, stream } from '../support/pdf.ts';

/* Files that lie in a PDF: in its list of attachments, or pinned to a page, where no list has them. */

const page = line('A page that is as it should be, with words on it', 50, 700);
const invoice = readFileSync(new URL('../data/einvoices/services.cii.xml', import.meta.url));
const embedded = (content: Uint8Array | string) =>
  stream('/Type/EmbeddedFile/Filter/FlateDecode', deflateSync(Buffer.from(content)));

/** Pinned to the page, and in no list. */
const pinned = (content: Uint8Array | string): Buffer =>
  pdfFile({
    pages: [page],
    page: '/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</Type/Filespec/F(a)/EF<</F 100000 0 R>>>>>>]',
    objects: [embedded(content)],
  });

const listed = (contents: readonly (Uint8Array | string)[]): Buffer =>
  pdfFile({
    pages: [page],
    catalog: `/Names<</EmbeddedFiles<</Names[${contents.map((_, at) => `(f${String(at).padStart(3, '0')}) ${100_000 + contents.length + at} 0 R`).join(' ')}]>>>>`,
    objects: [
      ...contents.map(embedded),
      ...contents.map((_, at) => `<</Type/Filespec/F(f${at})/UF(f${at})/EF<</F ${100_000 + at} 0 R>>>>`),
    ],
  });

describe('a file that lies in a PDF', () => {
  test.each([
    ['malware-test', EICAR],
    ['executable', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    ['archive', zipOf({ 'a.js': 'x' })],
  ])('refuses it where it is harmful, wherever it lies: %s', async (refusal, content) => {
    expect(await read(pinned(content))).toBe(refusal);
    expect(await read(listed([content]))).toBe(refusal);
    expect(await read(listed([...Array.from({ length: 60 }, () => 'a note'), content]))).toBe(refusal);
  });

  test('is a suspicion where it is not read: pinned to a page, or one of many', async () => {
    expect((await readingOf(pinned('a note'))).suspicions).toEqual(['attachment-not-read']);
    expect((await readingOf(pinned(invoice))).suspicions).toEqual(['attachment-not-read']);
    const many = await readingOf(listed([invoice, ...Array.from({ length: 60 }, () => invoice)]));
    expect(many.suspicions).toEqual(['several-invoices']);
  });

  test('is said to be left out where it is no invoice, alone or beside one', async () => {
    expect(await readingOf(listed(['a note about delivery']))).toMatchObject({
      ...{ suspicions: ['attachment-not-read'], pages: [{ source: 'text' }] },
    });
    const both = await readingOf(listed([invoice, Buffer.from('89504e470d0a1a0a00', 'hex')]));
    expect(both).toMatchObject({ structured: { syntax: 'cii' }, suspicions: ['attachment-not-read'] });
  });

  test('is data where it is the invoice in the list', async () => {
    const reading = await readingOf(listed([invoice]));
    expect(reading).toMatchObject({ structured: { syntax: 'cii' }, suspicions: [] });
  });
});
