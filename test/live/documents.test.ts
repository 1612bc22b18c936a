import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { post, reaches } from '../support/app.ts';
import { line, pdfFile } from '../support/pdf.ts';
import {
  announce,
  type File,
  foreignToken,
  objects,
  postDocuments,
  put,
  uploaded,
} from '../support/uploads.ts';

/* Files through the deployed house: announced, put to S3 by their link, named in an item, read, judged. */

interface WithDocuments {
  documents?: { ref: string; name?: string; type?: string; pages?: number; status: string }[];
}

const pdf = (text: string): File => ({
  name: 'Rechnung „7“.pdf',
  contentType: 'application/pdf',
  bytes: pdfFile({ pages: [line(text, 72, 720)] }),
});

const AFTER_READING = ['waiting_approval', 'done', 'refused'];

describe('a document', () => {
  it('is read before its item is thought about: its text as much as an e-invoice', async () => {
    const xml = new Uint8Array(readFileSync('test/data/einvoices/services.ubl.xml'));
    const refs = [
      await uploaded(pdf('Invoice 4711 of Quokka Ltd, total EUR 119.00')),
      await uploaded({ name: 'services.xml', contentType: 'application/xml', bytes: xml }),
    ];
    const { status, body } = await postDocuments(...refs);
    expect(status).toBe(202);
    const item = (await reaches(body.id, AFTER_READING)) as Awaited<ReturnType<typeof reaches>> &
      WithDocuments;

    expect(item.documents).toEqual([
      { ref: refs[0], name: 'Rechnung „7“.pdf', type: 'pdf', pages: 1, status: 'read' },
      { ref: refs[1], name: 'services.xml', type: 'xml', pages: 1, status: 'read' },
    ]);
    const told = item.timeline.map(({ event }) => event);
    expect(told.slice(0, 5)).toEqual(['received', 'reading', 'reading', 'read', 'processing']);
    expect(JSON.stringify(item.timeline)).not.toMatch(/Quokka|Rechnung/);
  });

  it('that comes twice is read once', async () => {
    const file = pdf(`Invoice ${crypto.randomUUID()}`);
    const readings = async () => {
      const listed = await objects('items/invoice_reading/');
      return listed.filter((key) => /invoice_reading\/[0-9a-f]+\.json$/.test(key)).length;
    };
    const before = await readings();
    for (const turn of [1, 2]) {
      const { body } = await post('invoice', { text: `Turn ${turn}`, documents: [await uploaded(file)] });
      await reaches(body.id, AFTER_READING);
      expect(await readings(), `after item ${turn}`).toBe(before + 1);
    }
  });

  it('that is malware by its content is refused by name, and lies in quarantine alone', async () => {
    const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');
    const ref = await uploaded({
      ...{ name: 'note.txt', contentType: 'text/plain', bytes: Buffer.from(eicar) },
    });
    const { body } = await postDocuments(ref);
    const item = await reaches(body.id, 'quarantined');

    expect(item.error).toEqual({
      class: 'InputError',
      message: 'document 1 of 1 was refused: malware-test',
    });
    const left = (await objects('')).filter((key) => key.includes(ref));
    // Its name, and what nobody reads.
    expect(left.sort()).toEqual([`items/invoice_upload/${ref}.json`, `quarantine/${body.id}/${ref}`]);
  });
});

describe('a reference', () => {
  const refused = async (ref: string) => {
    const { status, body } = await postDocuments(ref);
    return [status, body.errors?.map(({ pointer }) => pointer)];
  };

  it('of another client, used before, or not uploaded is refused', async () => {
    const file = pdf('Invoice 1');
    const used = await uploaded(file);
    expect((await postDocuments(used)).status).toBe(202);
    const foreign = await uploaded(file, await foreignToken());
    const { documentRef } = await announce(file);

    for (const ref of [foreign, documentRef]) expect(await refused(ref)).toEqual([400, ['/documents/0']]);
    const again = await post('invoice', { text: 'Another item.', documents: [used] });
    expect(again.status).toBe(400);
  });

  it('of other bytes than were announced is refused, whether S3 lets them through or not', async () => {
    const upload = await announce(pdf('Invoice 2'));
    const { 'content-length': _, ...headers } = upload.headers;
    await put({ ...upload, headers }, Buffer.from('%PDF-1.7 and something else'));

    expect(await refused(upload.documentRef)).toEqual([400, ['/documents/0']]);
  });
});
