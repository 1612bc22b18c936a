import { AwsV4Signer } from 'aws4fetch';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automation } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { announce, PDF } from './documents-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

describe('a document that is announced', () => {
  it('has a link for these bytes of this type, for a quarter of an hour', async () => {
    const { status, body } = await announce();

    expect(status).toBe(201);
    expect(body).toEqual({
      uploadUrl: expect.any(String),
      headers: { 'content-type': 'application/pdf', 'content-length': '4' },
      documentRef: expect.stringMatching(/^doc-[0-9a-f]{32}$/),
      expiresAt: new Date(time.at + 900_000).toISOString(),
    });
    const url = new URL(body.uploadUrl);
    expect(url.pathname).toMatch(new RegExp(`uploads/demo_upload/${body.documentRef}$`));
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
  });

  it('has the signature that others make of the same link', async () => {
    const { body } = await announce();
    const url = new URL(body.uploadUrl);
    const signature = url.searchParams.get('X-Amz-Signature');
    for (const name of ['Signature', 'SignedHeaders', 'Algorithm', 'Credential', 'Date'])
      url.searchParams.delete(`X-Amz-${name}`);
    const datetime = new URL(body.uploadUrl).searchParams.get('X-Amz-Date') ?? '';

    const theirs = await new AwsV4Signer({
      ...{ method: 'PUT', url: url.href, headers: body.headers, datetime, signQuery: true, allHeaders: true },
      ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', service: 's3', region: 'eu-central-1' },
    }).sign();

    expect(new URL(theirs.url).searchParams.get('X-Amz-Signature')).toBe(signature);
  });

  it('keeps its name with the content and out of the tables', async () => {
    const { body } = await announce();

    expect(world.content.get(`bucket/items/demo_upload/${body.documentRef}.json`)).toContain('Rechnung 7');
    expect(world.tables.snapshot()).not.toContain('Rechnung');
  });

  it.each([
    ['/contentType', { contentType: 'application/zip' }],
    ['/contentType', { contentType: 'image/png' }],
    ['/contentType', { contentType: 'text/csv\r\nx-evil: 1' }],
    ['/bytes', { bytes: 1001 }],
    ['/bytes', { bytes: 0 }],
    ['/bytes', { bytes: 1.5 }],
    ['/name', { name: '' }],
    ['/name', { name: 'x'.repeat(256) }],
    ['/more', { more: 1 }],
  ])('is refused at %s beyond what the automation takes', async (pointer, wrong) => {
    const { status, body } = await announce({ ...PDF, ...wrong });

    expect([status, body.errors]).toEqual([400, [{ pointer, message: expect.any(String) }]]);
    expect(world.tables.all('idempotency')).toEqual([]);
  });

  it.each(['text/csv; charset=windows-1252', 'Application/PDF', 'application/octet-stream'])(
    'may come as %s',
    async (contentType) => {
      const { status, body } = await announce({ ...PDF, contentType });

      expect([status, body.headers['content-type']]).toEqual([201, contentType]);
    },
  );

  it('counts as a post of its client', async () => {
    const caller = { client: 'shop', automations: 'demo', role: 'client', limits: '10 20 2' };
    const answers = [];
    for (let turn = 0; turn < 3; turn += 1) answers.push((await announce(PDF, { caller })).status);

    expect(answers).toEqual([201, 201, 429]);
  });

  it('is none of a client who may not use the automation, or where it takes none', async () => {
    const other = { client: 'x', automations: 'other', role: 'client' };

    expect((await announce(PDF, { caller: other })).status).toBe(403);
    expect((await announce(PDF, {}, automation)).status).toBe(404);
  });
});
