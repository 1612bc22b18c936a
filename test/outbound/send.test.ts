import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TooManyBytes } from '../../lambdas/outbound/bounded-fetch.ts';
import { InwardAddress, postOutward } from '../../lambdas/outbound/post.ts';
import { sendOutward } from '../../lambdas/outbound/send.ts';
import { stubServer } from '../support/http.ts';
import { listening } from '../support/listening.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that writes as it likes; each write that the other side no longer takes ends it. */
async function writing(write: (say: (text: string | Buffer) => Promise<boolean>) => Promise<void>) {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const say = (text: string | Buffer) =>
        new Promise<boolean>((done) => {
          if (socket.destroyed) done(false);
          else socket.write(text, (error) => done(!error));
        });
      void write(say).then(() => socket.end());
    });
  });
  return new URL(await listening(server));
}

const local = { local: true };
const within = (ms = 300) => ({ signal: AbortSignal.timeout(ms) });
const get = (url: URL, more: object = {}) =>
  sendOutward({ method: 'GET', url, headers: {} }, { ...local, ...within(), ...more });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('one request outward', () => {
  it('carries method, headers and body, and brings the answer whole', async () => {
    const stub = await stubServer({ status: 201, body: { done: 'ü' }, headers: { 'x-id': '7' } });
    const url = new URL(`${stub.url}/things?x=1`);
    const got = await sendOutward(
      { method: 'PUT', url, headers: { 'content-type': 'text/plain' }, body: 'grün' },
      { ...local, ...within(5000) },
    );
    expect(got).toMatchObject({ status: 201, text: '{"done":"ü"}' });
    expect(got.header('x-id')).toBe('7');
    expect(stub.seen[0]).toMatchObject({ method: 'PUT', path: '/things?x=1', body: 'grün' });
    expect(stub.seen[0]?.headers).toMatchObject({ 'content-length': '5' });
    await stub.close();
  });

  it.each([
    ['head', 'HTTP/1.1 200 OK\r\nx-drip: '],
    ['body', `${HEAD}content-length: 1000\r\n\r\n`],
    ['chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`],
  ])('ends in time though the %s drips byte by byte', async (what, begin) => {
    let said = 0;
    const url = await writing(async (say) => {
      await say(begin);
      while (said < 1000 && (await say(what === 'chunks' ? '1\r\nx\r\n' : 'x'))) {
        said += 1;
        await pause(20);
      }
    });
    await expect(get(url)).rejects.toThrow();
    expect(said).toBeLessThan(200);
  });

  it.each([
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['leaves before its head ends', 'HTTP/1.1 200 OK\r\nx-a: 1\r\n'],
    ['leaves before its body ends', `${HEAD}content-length: 10\r\n\r\n123`],
    ['says nothing', ''],
    ['says hints alone', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'],
    ['speaks no HTTP', '220 mail.example.com ESMTP\r\n'],
  ])('comes to an end with a server that %s', async (_, says) => {
    const url = await writing(async (say) => {
      await say(says);
    });
    const ended = await Promise.race([get(url).catch(() => 'failed'), pause(2000).then(() => 'hangs')]);
    expect(ended).toBe('failed');
    const post = { headers: {}, body: '', timeoutMs: 300 };
    const posted = postOutward(url.href, post, local).catch(() => 'failed');
    // Of a post the status alone is wanted.
    expect(await Promise.race([posted, pause(2000).then(() => 'hangs')])).not.toBe('hangs');
  });

  it('takes no more of a gigabyte than it may', async () => {
    const part = Buffer.alloc(64 * 1024, 0x20);
    let written = 0;
    const url = await writing(async (say) => {
      await say(`${HEAD}content-length: 1000000000\r\n\r\n`);
      while (written < 1e9 && (await say(part))) written += part.length;
    });
    await expect(get(url, { mostBytes: 10_000, ...within(20_000) })).rejects.toBeInstanceOf(TooManyBytes);
    // What the buffers of the two sockets took.
    expect(written).toBeLessThan(50e6);
  });

  it('does not unpack what somebody packed', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(5_000_000, 0x20));
    const stub = await stubServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const { text } = await get(new URL(stub.url), { mostBytes: 10_000, ...within(5000) });
    expect(text.length).toBeLessThan(10_000);
    await stub.close();
  });

  it.each([
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'http://example.com/',
  ])('does not go inward: %s', async (address) => {
    await expect(
      sendOutward({ method: 'GET', url: new URL(address), headers: {} }, within()),
    ).rejects.toBeInstanceOf(InwardAddress);
  });
});
