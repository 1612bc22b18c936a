import { handle } from 'hono/aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pageApp } from '../../../../lambdas/approve/channels/page/page.ts';
import type { Reading } from '../../../../lambdas/contract/document.ts';
import type { ProposalDocument, ShownDocument } from '../../../../lambdas/contract/item/proposal-document.ts';
import { sha256 } from '../../../../lambdas/kit/digest.ts';
import { pictureKey } from '../../../../lambdas/tables/keys.ts';
import { ANN, APPROVAL, context, link, plain, question, show } from '../../../support/desk.ts';
import { proposal } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));
vi.mock('../../../../lambdas/kit/bucket/bytes.ts', () => import('../../../support/bucket.ts'));

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('the rest of a picture')]);
const KEY = 'items/demo_reading/abc.json';
const DOCUMENT: ShownDocument = { ref: 'doc-1', name: 'bill <b>.pdf', readingKey: KEY, pages: 2 };

const word = (text: string, x: number) => ({
  text,
  box: { x, y: 100, width: 40, height: 10 },
  confidence: 1,
});
const READING: Reading = {
  type: 'pdf',
  suspicions: [],
  pages: [
    {
      text: 'Total 24.90',
      source: 'text',
      width: 595,
      height: 842,
      words: [word('Total', 50), word('24.90', 95)],
    },
    { text: 'Terms', source: 'ocr', confidence: 0.91, width: 595, height: 842, words: [word('Terms', 50)] },
  ],
};

function keep(key: string, bytes: Uint8Array): void {
  world.files.set(`bucket/${key}`, { bytes, contentType: 'image/png', at: 0 });
}

beforeEach(() => {
  world.reset();
  time.freeze();
  world.content.set(`bucket/${KEY}`, JSON.stringify(READING));
  for (const page of [1, 2]) keep(pictureKey(KEY, page), PNG);
});

const asked = (fields: Partial<ProposalDocument> = {}, row = {}) =>
  question(
    proposal({
      documents: [DOCUMENT],
      evidence: [{ source: 'document:doc-1#1', quote: 'Total 24.90' }],
      ...fields,
    }),
    row,
  );
const picture = (path: string, token = ANN, method = 'GET') =>
  plain(`/approvals/${APPROVAL}/pages/${path}?t=${token}`, { method });

describe('a page of a document as a picture', () => {
  it("comes by the approval's own link, for its holder's browser alone", async () => {
    asked();

    const { status, text, headers } = await picture('doc-1/2');

    expect(status).toBe(200);
    expect(text).toContain('the rest of a picture');
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('cache-control')).toBe('private, max-age=300');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('leaves its function in a form that API Gateway turns into the same bytes', async () => {
    asked();
    const path = `/approvals/${APPROVAL}/pages/doc-1/1`;
    const http = { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' };
    const event = {
      ...{ version: '2.0', rawPath: path, rawQueryString: `t=${ANN}`, isBase64Encoded: false },
      ...{ headers: { host: 'desk.example' }, requestContext: { http, domainName: 'desk.example' } },
    };
    const answer: unknown = await handle(pageApp(context()))(event as never);
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    const { body } = answer as { body: string };
    expect(Buffer.from(body, 'base64').equals(PNG)).toBe(true);
  });

  it('comes to nobody without the link, nor by the link of another approval', async () => {
    asked();
    link('z'.repeat(43), 'ann@example.com', 'item-other-g1');
    for (const token of ['', 'x', 'z'.repeat(43)]) expect((await picture('doc-1/1', token)).status).toBe(404);
  });

  it.each([
    'doc-2/1',
    'doc-1/0',
    'doc-1/3',
    'doc-1/-1',
    'doc-1/1.0',
    'doc-1/01',
    'doc-1/1e0',
    '..%2Fdoc-1/1',
    'doc-1/1%2F..',
  ])('is none for %s', async (path) => {
    asked();
    expect((await picture(path)).status).toBe(404);
  });

  it('is none once the approval is decided, nor for an item without documents', async () => {
    asked({}, { status: 'decided', decision: 'reject', decidedBy: 'ann@example.com' });
    expect((await picture('doc-1/1')).status).toBe(404);
    world.reset();
    question();
    expect((await picture('doc-1/1')).status).toBe(404);
  });

  it('is none where the bucket holds something else, or too much, or nothing any more', async () => {
    asked();
    const key = pictureKey(KEY, 1);
    keep(key, Buffer.from('<svg onload="alert(1)"/>'));
    expect((await picture('doc-1/1')).status).toBe(404);
    keep(key, Buffer.concat([PNG, Buffer.alloc(5_000_000)]));
    expect((await picture('doc-1/1')).status).toBe(404);
    world.files.delete(`bucket/${key}`);
    expect((await picture('doc-1/1')).status).toBe(404);
  });

  it('is none that is not the one that was made of its page', async () => {
    asked({ documents: [{ ...DOCUMENT, pictures: [sha256(PNG), sha256('another')] }] });
    expect((await picture('doc-1/1')).status).toBe(200);
    expect((await picture('doc-1/2')).status).toBe(404);
    keep(pictureKey(KEY, 1), Buffer.concat([PNG, Buffer.from('.')]));
    expect((await picture('doc-1/1')).status).toBe(404);
  });

  it('is none of a proposal that is not the one that was asked about', async () => {
    asked();
    const [key = ''] = [...world.content.keys()].filter((it) => it.includes('proposal'));
    const stored = JSON.parse(world.content.get(key) ?? '') as ProposalDocument;
    world.content.set(
      key,
      JSON.stringify({ ...stored, documents: [{ ...DOCUMENT, readingKey: 'items/other/x.json' }] }),
    );
    keep(pictureKey('items/other/x.json', 1), PNG);
    expect((await picture('doc-1/1')).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is given to no %s', async (method) => {
    asked();
    const before = world.tables.snapshot();
    expect((await picture('doc-1/1', ANN, method)).status).toBe(405);
    expect(world.tables.snapshot()).toBe(before);
  });
});

describe('the documents on the page of an approver', () => {
  it('are pictures with the evidence boxed, each quote with its number, and nothing twice', async () => {
    asked();

    const { text } = await show();

    expect(text).toContain(`src="${APPROVAL}/pages/doc-1/1?t=${ANN}"`);
    expect(text).toContain('bill &lt;b&gt;.pdf, page 1 of 2');
    expect(text).toMatch(/<li value="1"><q>Total 24\.90<\/q>/);
    expect(text).toContain('<rect x="48" y="98" width="89" height="14" rx="2"/>');
    expect(text.match(/<q>Total 24\.90<\/q>|<blockquote>Total 24\.90/g)).toHaveLength(1);
    expect(text).toContain('One more page, without evidence');
    expect(text).toContain('A scan, read by machine (91 % sure)');
  });

  it('say that a model read a page after the machine, and whether it read the same', async () => {
    asked({ documents: [{ ...DOCUMENT, seen: [{ page: 2, agrees: false }] }] });
    expect((await show()).text).toContain(
      'A scan, read by machine (91 % sure) and again by a model. <strong>The two readings differ: compare the values with the page</strong>',
    );
    world.reset();
    world.content.set(`bucket/${KEY}`, JSON.stringify(READING));
    asked({ documents: [{ ...DOCUMENT, seen: [{ page: 2, agrees: true }] }] });
    expect((await show()).text).toContain('(91 % sure) and again by a model, with the same result');
  });

  it('say where a quote was not found on its page', async () => {
    asked({ evidence: [{ source: 'document:doc-1#1', quote: 'Total 99.90' }] });
    const { text } = await show();
    expect(text).toContain('not found on the page: look for it');
    expect(text).not.toContain('<rect');
  });

  it('keep evidence of other sources, and of pages that are not there, with the rest', async () => {
    asked({
      evidence: [
        { source: 'R1', quote: 'a rule' },
        { source: 'document:doc-1#7', quote: 'of no page' },
        { source: 'document:doc-9#1', quote: 'of no document' },
      ],
    });
    const { text } = await show();
    for (const quote of ['a rule', 'of no page', 'of no document'])
      expect(text).toContain(`<blockquote>${quote}</blockquote>`);
    expect(text).toContain('page 1 of 2');
  });

  it('show the words of a page that has no look', async () => {
    const pages = [{ text: 'From: a <b>person</b>', source: 'text' as const, words: [] }];
    world.content.set(`bucket/${KEY}`, JSON.stringify({ ...READING, type: 'mail', pages }));
    asked({ evidence: [] });
    const { text } = await show();
    expect(text).toContain('&lt;b&gt;');
    expect(text).not.toContain('<b>person');
    expect(text).not.toContain('<img');
  });

  it('are missed, and said to be, if they are no longer kept; the rest of the page stays', async () => {
    world.content.delete(`bucket/${KEY}`);
    asked();
    const { status, text } = await show();
    expect(status).toBe(200);
    expect(text).toContain('A document is no longer kept');
    expect(text).toContain('Total 24.90');
    expect(text).toContain('<figcaption>bill &lt;b&gt;.pdf, page 1 of 2</figcaption>');
    expect(text).toContain('Approve: Pay EUR 24.90');
  });

  it('hold their sender to words: no mark-up, no direction marks', async () => {
    asked({
      documents: [{ ...DOCUMENT, name: '\u202egpj.exe"><script>alert(1)</script>' }],
      evidence: [{ source: 'document:doc-1#1', quote: '<img src=x onerror=alert(1)>' }],
    });
    const { text } = await show();
    expect(text).not.toMatch(/\u202e|<script>alert|<img src=x/);
  });

  it('are not more than twenty at first sight, and the page says how many are not shown', async () => {
    const pages = Array.from({ length: 60 }, (_, at) => ({ ...READING.pages[1], text: `page ${at}` }));
    world.content.set(`bucket/${KEY}`, JSON.stringify({ ...READING, pages }));
    asked({
      documents: [{ ...DOCUMENT, pages: 60 }],
      evidence: [{ source: 'document:doc-1#9', quote: 'Terms' }],
    });
    const { text } = await show();
    expect(text.match(/<img /g)).toHaveLength(21);
    expect(text).toContain('39 further pages are not shown.');
  });
});

describe('a document that was made to be too long for a page', () => {
  const pages = (count: number, text: string): Reading => ({
    ...{ type: 'text', suspicions: [] },
    pages: Array.from({ length: count }, () => ({ text, source: 'text', words: [] })),
  });
  it.each<[string, Reading]>([
    ['mark-up', pages(1, '<'.repeat(1_900_000))],
    ['addresses', pages(1, 'a@b.co '.repeat(280_000))],
    ['mark-up on many pages', pages(20, '<b>&'.repeat(30_000))],
    ['quotes on many pages', pages(200, `"'`.repeat(5_000))],
  ])('of %s leaves a page that can be sent, and says what it does not show', async (_name, reading) => {
    world.content.set(`bucket/${KEY}`, JSON.stringify(reading));
    asked({ documents: [{ ...DOCUMENT, pages: reading.pages.length }], evidence: [] });

    const { status, text } = await show();

    expect(status).toBe(200);
    // A function answers with 6 MB at most, in JSON.
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(5_500_000);
    expect(text).toMatch(
      /The rest, [\d,]+ characters, is too long for this page|further pages are not shown/,
    );
    expect(text).toContain('name="decision" value="approve"');
  });

  it('leaves out no word of an ordinary one', async () => {
    const long = Array.from({ length: 4_000 }, (_, at) => `word${at}`).join(' ');
    world.content.set(`bucket/${KEY}`, JSON.stringify(pages(2, long)));
    asked({ evidence: [] });

    const { text } = await show();

    expect(text.match(/word3999/g)).toHaveLength(2);
    expect(text).not.toContain('too long for this page');
  });
});
