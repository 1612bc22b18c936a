import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EICAR, read, zipOf } from '../support/documents.ts';
import { line, pdfFile, stream } from '../support/pdf.ts';

const page = [line('A page that is as it should be, with words on it', 50, 700)];
const word = (files: Record<string, string | Uint8Array> = {}) =>
  zipOf({
    '[Content_Types].xml': '<Types/>',
    'word/document.xml':
      '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Hello</w:t></w:r></w:p></w:body></w:document>',
    ...files,
  });
const compound = (name: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2048), Buffer.from(name, 'utf16le')]);

/** A PDF with an action in a packed object, whose dictionary is written as told. */
const packed = (padding: string, type = '/Type/ObjStm'): Buffer =>
  pdfFile({
    pages: page,
    objects: [
      stream(
        `${type}/N 1/First 4/Filter/FlateDecode${padding}`,
        deflateSync('9 0 <</S/Launch/F(calc.exe)>>'),
      ),
    ],
  });

const REFUSED: Record<string, [string, Uint8Array | string]> = {
  'nothing at all': ['empty', ''],
  'white space': ['empty', ' \n\t\ufeff '],
  'a zip archive': ['archive', zipOf({ 'invoice.pdf': '%PDF-1.7' })],
  'a gzip archive': ['archive', gzipSync('invoice')],
  'a RAR archive': ['archive', Buffer.concat([Buffer.from('526172211a0700', 'hex'), Buffer.alloc(64)])],
  'a program of Windows': ['executable', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)])],
  'a program of Linux': ['executable', Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(300)])],
  'a shell script': ['executable', '#!/bin/sh\nrm -rf /\n'],
  'the virus scanners’ test file': ['malware-test', EICAR],
  'the same in UTF-16': ['malware-test', Buffer.from(EICAR, 'utf16le')],
  'the same embedded in a Word file': ['malware-test', word({ 'word/embeddings/a.bin': EICAR })],
  'a program embedded in a Word file': ['executable', word({ 'word/embeddings/run.exe': 'MZ' })],
  'a Word file with macros': ['macros', word({ 'word/vbaProject.bin': 'x' })],
  'a program that is a PDF, too': [
    'executable',
    Buffer.concat([Buffer.from('MZ'), pdfFile({ pages: page })]),
  ],
  'an archive that is a PDF, too': [
    'archive',
    Buffer.concat([zipOf({ 'a.vbs': 'x' }), pdfFile({ pages: page })]),
  ],
  'a Word file whose macros have another name': [
    'macros',
    word({
      '[Content_Types].xml':
        '<Types><Override PartName="/word/theme.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
      'word/theme.bin': 'x',
    }),
  ],
  'an old Word file': ['old-office', compound('WordDocument')],
  'an old Word file with macros': ['macros', compound('_VBA_PROJECT')],
  'an encrypted Word file': ['encrypted', compound('EncryptedPackage')],
  'a zip archive with a password': ['encrypted', zipOf({ '[Content_Types].xml': '<Types/>' }, 1)],
  'data of no kind': [
    'unknown-type',
    Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919) % 256)),
  ],
  RTF: ['unknown-type', '{\\rtf1 hello}'],
  'XML that is no invoice': ['not-an-invoice', '<?xml version="1.0"?><order><id>1</id></order>'],
  'a PDF that ends too early': ['damaged', '%PDF-1.7\n1 0 obj\n<</Type/Cat'],
  'a PDF that starts a program': [
    'launch-action',
    pdfFile({ pages: page, catalog: '/OpenAction<</S/Launch/F(calc.exe)>>' }),
  ],
  'the same, packed behind a long dictionary': ['launch-action', packed(' '.repeat(600))],
  'the same, packed behind another object’s words': [
    'launch-action',
    packed(`/X(${' '.repeat(9000)} 9 0 obj)`),
  ],
  'the same, packed behind many streams': [
    'launch-action',
    Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('stream\nx\nendstream\n'.repeat(1000)),
      packed(''),
    ]),
  ],
  'the same, packed under a disguised name': ['launch-action', packed('', '/Type/O#62j#53tm')],
  'the same, its name disguised': [
    'launch-action',
    pdfFile({ pages: page, catalog: '/OpenAction<</S/L#61unch/F(calc.exe)>>' }),
  ],
};

describe('a document that nobody reads is refused by name', () => {
  test.each(Object.entries(REFUSED))('%s', async (_, [refusal, bytes]) => {
    expect(await read(bytes)).toBe(refusal);
  });

  test('one that is larger, longer or of another type than the automation takes', async () => {
    expect(await read('Hello, world', { mostBytes: 5 })).toBe('too-large');
    expect(await read('Hello, world', { types: ['pdf'] })).toBe('wrong-type');
    expect(await read(pdfFile({ pages: [...page, ...page, ...page] }), { mostPages: 2 })).toBe(
      'too-many-pages',
    );
  });

  test('its name says nothing: a program that calls itself a text is one', async () => {
    const { readDocument } = await import('../../lambdas/read/read-document.ts');
    const result = await readDocument(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(64)]), {
      policy: { types: ['text'], mostBytes: 1000, mostPages: 1 },
    });
    expect(result).toEqual({ refusal: 'executable' });
  });
});
