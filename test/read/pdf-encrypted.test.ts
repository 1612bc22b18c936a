import { expect, it } from 'vitest';
import { read } from '../support/documents.ts';
import { encryptedPdf } from '../support/pdf-encrypted.ts';

const TEXT = 'Invoice 4711 of a careful sender';

it('a PDF that opens with a password only is refused by name, and nothing of it is told', async () => {
  expect(await read(encryptedPdf(TEXT, 'secret'))).toBe('encrypted');
});

it('a PDF whose owner only limits what may be done with it is read: anybody opens it', async () => {
  expect(await read(encryptedPdf(TEXT, ''))).toMatchObject({
    type: 'pdf',
    pages: [{ text: TEXT, source: 'text' }],
    suspicions: [],
  });
});
