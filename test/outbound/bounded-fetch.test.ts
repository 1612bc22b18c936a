import { afterEach, expect, it } from 'vitest';
import { TooManyBytes, textWithin } from '../../lambdas/outbound/bounded-fetch.ts';
import { type Stub, stubServer } from '../support/http.ts';

let server: Stub;
afterEach(() => server.close());

const read = async (most: number) => textWithin(await fetch(server.url), most);

it('reads a body to its end, also where a character is cut by two packets', async () => {
  server = await stubServer((response) => {
    const bytes = Buffer.from('größer 😀');
    response.write(bytes.subarray(0, 3));
    setTimeout(() => response.end(bytes.subarray(3)), 20);
  });

  await expect(read(100)).resolves.toBe('größer 😀');
});

it('reads an empty body', async () => {
  server = await stubServer({ status: 204, body: '' });
  await expect(read(100)).resolves.toBe('');
});

it('does not begin with a body that says it is too long', async () => {
  server = await stubServer((response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('x');
  });
  await expect(read(100)).rejects.toBeInstanceOf(TooManyBytes);
});

it('ends a body without an end as soon as it is too long', async () => {
  let sent = 0;
  server = await stubServer((response) => {
    const more = () => {
      sent += 1000;
      if (!response.destroyed) response.write('x'.repeat(1000), () => setImmediate(more));
    };
    more();
  });
  await expect(read(50_000)).rejects.toBeInstanceOf(TooManyBytes);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const then = sent;
  await new Promise((resolve) => setTimeout(resolve, 100));
  // The connection is closed.
  expect(sent).toBe(then);
});
