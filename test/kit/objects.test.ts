import { AwsV4Signer } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getContent, getWith, putContent, putSalted } from '../../lambdas/kit/objects.ts';
import { type Stub, stubServer } from '../support/http.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

let bucket: Stub;

beforeEach(async () => {
  bucket = await stubServer({ status: 200 });
  vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bucket.close();
});

describe('the content bucket', () => {
  it('gets a value as signed JSON under its key', async () => {
    await putContent('content', 'items/a/body.json', { text: 'Grüße 😀' });

    expect(bucket.seen[0]).toMatchObject({
      method: 'PUT',
      path: '/content/items/a/body.json',
      body: '{"text":"Grüße 😀"}',
    });
    expect(bucket.seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
    expect(JSON.stringify(bucket.seen[0]?.headers)).not.toContain('"secret"');
  });

  it('gets the signature that others make of the same request', async () => {
    await putContent('content', 'items/demo_1/body-2.json', { text: 'Grüße' });

    const { method = '', path = '', headers = {}, body = '' } = bucket.seen[0] ?? {};
    const names = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1]?.split(';') ?? [];
    const theirs = await new AwsV4Signer({
      ...{ method, url: `${bucket.url}${path}`, body, datetime: String(headers['x-amz-date']) },
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      ...{ service: 's3', region: process.env.AWS_REGION ?? 'us-east-1', allHeaders: true },
    }).sign();
    expect(names).toContain('x-amz-content-sha256');
    expect(headers.authorization).toBe(theirs.headers.get('authorization'));
  });

  it('gives a value back', async () => {
    bucket.answers = [{ status: 200, body: { text: 'hello' } }];

    expect(await getContent('content', 'items/a/body.json')).toEqual({ text: 'hello' });
    expect(bucket.seen[0]?.method).toBe('GET');
  });

  it('keeps a value with a salt that nobody knows before, unless something is there', async () => {
    bucket.answers = [{ status: 200 }, { status: 412 }];
    await putSalted('content', 'items/a/body.json', { text: 'hello' });
    await putSalted('content', 'items/a/body.json', { text: 'hello' });

    const [first, second] = bucket.seen.map(({ headers }) => headers);
    expect([first?.['if-none-match'], second?.['if-none-match']]).toEqual(['*', '*']);
    const [salt = '', other = ''] = [first?.['x-amz-meta-salt'], second?.['x-amz-meta-salt']].map(String);
    expect(salt).toMatch(/^[\w-]{43}$/);
    expect(other).not.toBe(salt);
    expect(String(first?.authorization)).toMatch(/SignedHeaders=[^,]*x-amz-meta-salt/);
  });

  it('gives a value back with what lies beside it', async () => {
    bucket.answers = [
      (response) => response.setHeader('x-amz-meta-salt', 'abc').end('{"a":1}'),
      { status: 200, body: { a: 1 } },
    ];

    expect(await getWith('content', 'k')).toEqual({ value: { a: 1 }, beside: { salt: 'abc' } });
    expect(await getWith('content', 'k')).toEqual({ value: { a: 1 }, beside: {} });
  });

  it.each([403, 404, 400])('is a SystemError that does not quote when it answers %i', async (status) => {
    bucket.answers = [{ status, body: '<Error>items/a/4111</Error>' }];

    const error = (await getContent('content', 'items/a/4111').catch((fault) => fault)) as Error;

    expect(error.name).toBe('SystemError');
    expect(error.message).not.toContain('4111');
  });

  it('tries again after a bad moment, as the AWS SDK would', async () => {
    bucket.answers = [{ status: 500 }, { status: 503 }, { status: 200, body: { a: 1 } }];

    expect(await getContent('content', 'k')).toEqual({ a: 1 });
  });

  it('tries again on another connection when the one that was kept is dead', async () => {
    bucket.answers = [(response) => response.destroy(), { status: 200, body: { a: 1 } }];

    expect(await getContent('content', 'k')).toEqual({ a: 1 });
    expect(bucket.seen.length).toBe(2);
  });

  it.each([500, 503, 429])('is a TransientError when it goes on answering %i', async (status) => {
    bucket.answers = [{ status }];

    await expect(putContent('content', 'k', 1)).rejects.toMatchObject({ name: 'TransientError' });
    expect(bucket.seen.length).toBe(3);
  });

  it('is a TransientError when nobody answers', async () => {
    await bucket.close();

    await expect(putContent('content', 'k', 1)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('is a TransientError when an answer breaks off', async () => {
    bucket.answers = [
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"text":', () => response.destroy());
      },
    ];

    await expect(getContent('content', 'k')).rejects.toMatchObject({ name: 'TransientError' });
  });
});
