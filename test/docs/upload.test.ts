import { beforeEach, expect, it, vi } from 'vitest';
import { fences } from './fences.ts';

/* The three steps of an upload in docs/api.md, run as they are printed. */

const [block] = fences('docs/api.md', 'js').filter(({ info }) => 'upload' in info);

type Asked = [url: string, request: { method: string; headers: object; body: unknown }];
const asked: Asked[] = [];
let refused = '';

beforeEach(() => {
  asked.length = 0;
  refused = '';
  vi.stubGlobal('fetch', async (...call: Asked) => {
    asked.push(call);
    const upload = {
      uploadUrl: 'https://bucket/x?sig=1',
      headers: { 'content-length': '3' },
      documentRef: 'doc-1',
    };
    const body = call[0].endsWith('/uploads') ? upload : { id: 'invoice_1' };
    return Response.json(body, { status: call[0].startsWith(refused || '-') ? 403 : 200 });
  });
});

const run = (bytes: Uint8Array): Promise<unknown> =>
  new Function('api', 'token', 'bytes', `return (async () => {${block?.text}; return item; })()`)(
    ...['https://api', 'sb_token', bytes],
  );

it('announce the file, put its bytes with the headers of the answer, and name it in an item', async () => {
  const bytes = new Uint8Array([1, 2, 3]);

  expect(await run(bytes)).toEqual({ id: 'invoice_1' });

  const bodies = asked.map(([, { body }]) => (typeof body === 'string' ? JSON.parse(body) : body));
  expect(asked.map(([url, { method }]) => `${method} ${url}`)).toEqual([
    'POST https://api/v1/automations/invoice/uploads',
    'PUT https://bucket/x?sig=1',
    'POST https://api/v1/automations/invoice/items',
  ]);
  expect(bodies).toEqual([
    { name: 'invoice-7.pdf', contentType: 'application/pdf', bytes: 3 },
    bytes,
    { text: 'Our invoice.', documents: ['doc-1'] },
  ]);
  expect(asked[0]?.[1].headers).toMatchObject({ authorization: 'Bearer sb_token' });
  // The link is the right to write: it gets no token.
  expect(asked[1]?.[1].headers).toEqual({ 'content-length': '3' });
});

it.each(['https://api', 'https://bucket'])('go no further where %s refuses', async (where) => {
  refused = where;
  await expect(run(new Uint8Array(3))).rejects.toThrow();
  expect(asked.at(-1)?.[0].startsWith(where)).toBe(true);
});
