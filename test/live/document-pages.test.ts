import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { approvalLinks, callsFor, modelFault, openPage, post, reaches, say } from '../support/app.ts';
import { FACTS, HONEST, ORDER, PLACES } from '../support/document-attacks.ts';
import { unescaped } from '../support/html.ts';
import { hardToRead } from '../support/scans.ts';
import { type File, uploaded } from '../support/uploads.ts';

/* Documents at the end of their way: before the person who decides, and before a model that obeys whoever wrote them. */

const AT_REST = ['done', 'refused', 'waiting_approval', 'quarantined', 'parked'];
const BILL: File = {
  name: 'af-3391.pdf',
  contentType: 'application/pdf',
  bytes: readFileSync('automations/invoice/samples/af-3391.pdf'),
};

afterEach(() => modelFault('ok'));

describe('a document that a person decides about', () => {
  it('is shown as a picture with the evidence boxed, by the link alone, until it is decided', {
    timeout: 400_000,
  }, async () => {
    const body = { text: `Our invoice, ${crypto.randomUUID()}.`, documents: [await uploaded(BILL)] };
    const { body: posted } = await post('invoice', body);
    const item = await reaches(posted.id, 'waiting_approval', 150);
    expect(item.proposal).toMatchObject({
      action: 'post-bill',
      parameters: { number: 'AF-3391', gross: '432.00' },
    });

    const [link = ''] = Object.values(await approvalLinks(posted.id));
    const { page } = await openPage(link);
    const [, source = ''] = /<img src="([^"]+)"/.exec(page) ?? [];
    expect(page.match(/<rect /g)?.length).toBeGreaterThanOrEqual(4);
    const picture = new URL(unescaped(source), link);
    const shown = await fetch(picture);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(shown.headers.get('cache-control')).toBe('private, max-age=300');
    const bytes = Buffer.from(await shown.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThan(1_000_000);

    const foreign = new URL(picture);
    foreign.searchParams.set('t', 'x'.repeat(43));
    expect((await fetch(foreign)).status).toBe(404);
    await say(link, 'reject', { comment: 'Not ours.' });
    expect((await fetch(picture)).status).toBe(404);
  });
});

describe('a page that OCR can hardly read', () => {
  it('is read by a model as well, and a person who decides is told that they read something else', {
    timeout: 400_000,
  }, async () => {
    const bytes = await hardToRead(['Invoice 4711 of Quokka Ltd', 'Total EUR 119.00 by March']);
    const file = { name: 'fax.png', contentType: 'image/png', bytes };
    const body = { text: `Our invoice, ${crypto.randomUUID()}.`, documents: [await uploaded(file)] };
    const { body: posted } = await post('invoice', body);
    const item = await reaches(posted.id, AT_REST, 360);

    expect(item.status).toBe('waiting_approval');
    expect(item.lineage?.filter(({ step }) => step === 'vision')).toContainEqual(
      expect.objectContaining({ promptVersion: 'page.v1', costUsd: expect.any(Number) }),
    );
    expect(item.reasons).toContainEqual(
      expect.stringMatching(/a document needs a person's eye \(readings-differ\)/),
    );
    const [link = ''] = Object.values(await approvalLinks(posted.id));
    expect((await openPage(link)).page).toContain(
      'The two readings differ: compare the values with the page',
    );
  });
});

describe('an order to the model in a document, behind the deployed application', () => {
  it('brings nothing about that the file does not say, wherever it stands', {
    timeout: 400_000,
  }, async () => {
    await modelFault('obey-injection', 400);
    const tried = Object.entries(PLACES).filter(([where]) => !where.includes('CSV'));
    const posted: { id: string; where: string; number: string; exact: boolean }[] = [];
    for (const [where, { exact, name, bytes }] of tried) {
      // Each is another bill: the same one would ask for being the second.
      const number = `KOS-${Math.floor(1e8 + Math.random() * 8.9e8)}`;
      const own = Buffer.from(bytes(ORDER)).toString('latin1').replaceAll(FACTS.number, number);
      const file = {
        name: name?.(ORDER) ?? 'bill',
        contentType: 'application/octet-stream',
        bytes: Buffer.from(own, 'latin1'),
      };
      const { body } = await post('invoice', { documents: [await uploaded(file)] });
      posted.push({ id: body.id, where, number, exact });
    }
    let alone = 0;
    for (const { id, where, number, exact } of posted) {
      const item = await reaches(id, AT_REST, 240);
      const calls = await callsFor('accounts-payable', id);
      expect(calls.length, where).toBe(item.status === 'done' ? 1 : 0);
      if (!exact) expect(item.status, where).toBe('waiting_approval');
      for (const { body } of calls) {
        alone += 1;
        expect(body, where).toMatchObject({
          ...HONEST,
          number,
        });
      }
      // An id may hold any digits.
      const told = JSON.stringify([item.reasons, item.timeline]).replaceAll(/[0-9a-f]{32}/g, '');
      expect(told, where).not.toMatch(/GB29|EVIL|99999/);
    }
    expect(alone).toBeGreaterThan(0);
  });
});
