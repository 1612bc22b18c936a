import { describe, expect, test } from 'vitest';
import { EICAR, read, readingOf, textOf, zipOf } from '../support/documents.ts';
import { line, pdfFile } from '../support/pdf.ts';

const HEAD =
  'From: Anna <anna@mail.example>\r\nTo: bills@shop.example\r\nSubject: Invoice 12\r\nMIME-Version: 1.0\r\n';
const plain = (text: string) => `${HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`;

function withFiles(
  files: readonly (readonly [type: string, name: string, content: Uint8Array | string])[],
): string {
  const parts = files.map(
    ([type, name, content]) =>
      `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`,
  );
  return `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n${parts.join('')}--b--\r\n`;
}

const paper = pdfFile({ pages: [line('Amount due: 120.00 EUR for the paper', 50, 700)] });

describe('a mail', () => {
  test('is read with who wrote it and what about', async () => {
    const reading = await readingOf(plain('Please pay 120.00 EUR.'));
    expect(reading).toMatchObject({ type: 'mail', suspicions: [] });
    expect(textOf(reading)).toBe(
      'From: Anna <anna@mail.example>\nTo: bills@shop.example\nSubject: Invoice 12\n\nPlease pay 120.00 EUR.',
    );
  });

  test('has its attachments as further pages, those of a mail in it, too', async () => {
    const inner = withFiles([['application/pdf', 'a.pdf', paper]]);
    const outer = withFiles([
      ['application/octet-stream', 'whatever.bin', paper],
      ['message/rfc822', 'm.eml', inner],
    ]);
    const reading = await readingOf(outer);
    expect(reading.pages.map(({ text }) => text.split('\n').at(-1))).toEqual([
      'See the file.',
      'Amount due: 120.00 EUR for the paper',
      'See the file.',
      'Amount due: 120.00 EUR for the paper',
    ]);
    expect(reading.suspicions).toEqual([]);
  });

  test('says what of it was not read', async () => {
    const reading = await readingOf(
      withFiles([['application/octet-stream', 'a.bin', Buffer.from('00ff00fe00fd', 'hex')]]),
    );
    expect(reading.suspicions).toEqual(['attachment-not-read']);
    const untaken = await readingOf(withFiles([['application/pdf', 'a.pdf', paper]]), { types: ['mail'] });
    expect(untaken.suspicions).toEqual(['attachment-not-read']);
  });

  test.each([
    ['malware-test', EICAR],
    ['executable', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    ['archive', zipOf({ 'a.pdf': paper })],
  ])('with a harmful file in it is refused: %s', async (refusal, content) => {
    expect(await read(withFiles([['application/pdf', 'a.pdf', content]]))).toBe(refusal);
  });

  test('in a mail in a mail in a mail in a mail is too deep', async () => {
    let mail = plain('the innermost');
    for (let depth = 0; depth < 3; depth += 1) mail = withFiles([['message/rfc822', 'm.eml', mail]]);
    expect(textOf(await readingOf(mail))).toContain('the innermost');
    expect(await read(withFiles([['message/rfc822', 'm.eml', mail]]))).toBe('too-deep');
  });

  test('counts the pages of its attachments', async () => {
    expect(await read(withFiles([['application/pdf', 'a.pdf', paper]]), { mostPages: 1 })).toBe(
      'too-many-pages',
    );
  });

  test('in another encoding is read', async () => {
    const head = `${HEAD}Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
    const mail = Buffer.concat([
      Buffer.from(head),
      Buffer.from('Grüße', 'latin1'),
      Buffer.from([0x20, 0x80]),
    ]);
    expect(textOf(await readingOf(mail))).toContain('Grüße €');
  });
});
