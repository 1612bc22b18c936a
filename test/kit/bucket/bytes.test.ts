import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { copyObject, getBytes, headOf } from '../../../lambdas/kit/bucket/bytes.ts';
import { type Stub, stubServer } from '../../support/http.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

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

describe('a copy within a bucket', () => {
  it('is asked for of one content only, and false where it is another by now', async () => {
    bucket.answers = [{ status: 412, body: '' }];
    expect(await copyObject('files', 'uploads/a', 'documents/a', '"e1"')).toBe(false);
    expect(bucket.seen[0]).toMatchObject({
      ...{ method: 'PUT', path: '/files/documents/a' },
      headers: { 'x-amz-copy-source': '/files/uploads/a', 'x-amz-copy-source-if-match': '"e1"' },
    });
  });

  it('is done where its result says so', async () => {
    bucket.answers = [{ status: 200, body: '<CopyObjectResult><ETag>"e1"</ETag></CopyObjectResult>' }];
    expect(await copyObject('files', 'uploads/a', 'documents/a')).toBe(true);
  });

  it('is no copy where S3 answered 200 before it failed', async () => {
    const failed = '<?xml version="1.0"?><Error><Code>InternalError</Code><Key>uploads/4111</Key></Error>';
    bucket.answers = [{ status: 200, body: failed }];
    const fault = (await copyObject('files', 'uploads/a', 'documents/a').catch((error) => error)) as Error;
    expect(fault.name).toBe('TransientError');
    expect(fault.message).not.toContain('4111');
  });
});

it('what is not there is undefined, whether S3 says so or will not', async () => {
  for (const status of [403, 404]) {
    bucket.answers = [
      { status, body: '' },
      { status, body: '' },
    ];
    expect([await getBytes('files', 'a'), await headOf('files', 'a')]).toEqual([undefined, undefined]);
  }
});
