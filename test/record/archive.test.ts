import { createServer, type Server } from 'node:http';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { actsAlone } from '../../lambdas/record/alone.ts';
import { archive, archiveKey } from '../../lambdas/record/archive.ts';
import { type AuditEntry, putAudits, readAudit, readRecord } from '../../lambdas/tables/audit/audit.ts';
import { recordCommand } from '../../lambdas/tables/audit/commands.ts';
import { record } from '../support/audit.ts';
import { ID, itemRow } from '../support/fixtures.ts';
import { listening } from '../support/listening.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: (name: string, automation: string) => counted.push(`${name} ${automation}`),
  logger: { info: () => {}, error: () => {}, debug: () => {} },
  logsCalls: () => false,
}));

const counted: string[] = [];
/** A bucket that knows conditions, as S3 does. */
let bucket: Server;
let objects: Map<string, string>;
let refusals: number[];

beforeEach(async () => {
  world.reset();
  time.freeze();
  counted.length = 0;
  objects = new Map();
  refusals = [];
  bucket = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const refusal = refusals.shift();
      if (refusal) return response.writeHead(refusal).end();
      const key = decodeURIComponent(request.url ?? '');
      // As the bucket's policy has it.
      if (request.headers['if-none-match'] !== '*' || !request.headers['content-md5'])
        return response.writeHead(403).end();
      if (objects.has(key)) return response.writeHead(412).end();
      objects.set(key, body);
      return response.writeHead(200).end();
    });
  });
  vi.stubEnv('AWS_ENDPOINT_URL', await listening(bucket));
});
afterEach(() => {
  bucket.close();
  vi.unstubAllEnvs();
});

const [entry] = record([{ event: 'decided', after: 0 }]) as [AuditEntry];
const image = (row: object) => marshall(row, { removeUndefinedValues: true });

function change(eventName: string, now?: object, before?: object, principalId?: string): DynamoDBRecord {
  return {
    eventName,
    dynamodb: { ...(now ? { NewImage: image(now) } : {}), ...(before ? { OldImage: image(before) } : {}) },
    ...(principalId ? { userIdentity: { type: 'Service', principalId } } : {}),
  } as DynamoDBRecord;
}

describe('the archive of the audit', () => {
  it('gets a copy of each entry, once, under its month and time', async () => {
    await archive([change('INSERT', entry)], 'archive');
    await archive([change('INSERT', { ...entry, comment: 'another' })], 'archive');

    expect([...objects.keys()]).toEqual([`/archive/${archiveKey([entry])}`]);
    expect(JSON.parse([...objects.values()][0] ?? '')).toEqual([entry]);
    expect(archiveKey([entry])).toMatch(/^audit\/\d{4}-\d\d\/[\w./-]+\.json$/);
    expect(counted).toEqual([]);
  });

  it('gets a batch as one object for each month, and one that comes again in parts in parts', async () => {
    const others = [1, 2, 3].map((at) => ({ ...entry, order: `${entry.order}${at}` }));
    const next = { ...entry, month: '2027-01', order: '2027-01-01T00:00:00.000Z#demo_b2-g1#0000' };
    const batch = [...others, next].map((one) => change('INSERT', one));

    await archive(batch, 'archive');
    await archive(batch, 'archive');
    expect([...objects.values()].map((body) => JSON.parse(body))).toEqual([others, [next]]);

    await archive(batch.slice(0, 2), 'archive');
    expect(objects.size).toBe(3);
  });

  it('keeps what an entry was when somebody changes or deletes it, and says so', async () => {
    await archive([change('INSERT', entry)], 'archive');
    const forged = { ...entry, decision: 'approve', by: 'mallory@example.com' };

    await archive([change('MODIFY', forged, entry), change('REMOVE', undefined, entry)], 'archive');

    expect(JSON.parse([...objects.values()][0] ?? '')).toEqual([entry]);
    expect(counted).toEqual(['auditChanged demo', 'auditChanged demo']);
  });

  it('does not mind that an entry goes when its time is over', async () => {
    await archive([change('REMOVE', undefined, entry, 'dynamodb.amazonaws.com')], 'archive');
    expect(counted).toEqual([]);
  });

  it.each([[500], [503], [409]])(
    'is tried again after %i, and then comes again by the stream',
    async (status) => {
      refusals = [status];
      await archive([change('INSERT', entry)], 'archive');
      expect(objects.size).toBe(1);

      objects.clear();
      refusals = [status, status, status];
      await expect(archive([change('INSERT', entry)], 'archive')).rejects.toMatchObject({
        name: 'TransientError',
      });
    },
  );

  it('names two entries of one moment differently', () => {
    const keys = [
      '#demo_a1-g1#0000',
      '#demo_a1-g1#0001',
      '#demo_a1-g1-alone#0000',
      '#command-1a2b3c4d#0000',
    ].map((rest) => archiveKey([{ month: '2026-12', order: `${entry.at}${rest}` }]));
    expect(new Set(keys).size).toBe(4);
  });
});

describe('an item that acts with nobody asked', () => {
  const row = (fields: Partial<ItemRow>) =>
    itemRow({ updatedAt: '2026-12-01T08:00:01.000Z', client: 'shop', ...fields });
  const passed = row({ verdict: 'act', label: 'Billing', reasons: ['below 100'], proposalDigest: 'd1' });

  it('is in the audit when the gate has said so, and once', async () => {
    const records = [
      change('MODIFY', passed, row({})),
      change('MODIFY', { ...passed, status: 'acting' }, passed),
      change('MODIFY', row({ verdict: 'ask' }), row({})),
      change('MODIFY', row({ verdict: 'refuse' }), row({})),
      change('REMOVE', undefined, passed),
    ];

    const entries = actsAlone(records);

    expect(entries).toMatchObject([
      {
        ...{ event: 'acts_alone', itemId: ID, generation: 1, automation: 'demo', by: 'the gate' },
        ...{ label: 'Billing', reasons: ['below 100'], digest: 'd1', month: '2026-12' },
      },
    ]);
    await putAudits('audit', [...entries, ...actsAlone(records)]);
    expect(world.tables.all('audit')).toHaveLength(1);
  });

  it('is there again when a later generation acts alone', () => {
    const next = { ...passed, generation: 2, updatedAt: '2026-12-01T09:00:00.000Z' };
    const { verdict, ...thinking } = next;

    expect(actsAlone([change('MODIFY', next, thinking)])).toMatchObject([{ generation: 2 }]);
    expect(actsAlone([change('MODIFY', next, passed)])).toMatchObject([{ generation: 2 }]);
  });
});

describe('a command', () => {
  it('is in the record with who gave it and why, and in no figure of the desk', async () => {
    await putAudits('audit', [entry]);
    const command = { by: 'ops', command: 'resume addUsd=5', automation: 'demo', reason: 'a busy day' };
    await recordCommand({ table: 'audit', days: 400 }, command);
    await recordCommand({ table: 'audit', days: 400 }, command);

    const range = { from: '2026-11-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };
    const { entries } = await readRecord('audit', range);
    expect(entries.filter(({ event }) => event === 'command')).toMatchObject([
      { by: 'ops', command: 'resume addUsd=5', comment: 'a busy day' },
      { by: 'ops' },
    ]);
    expect((await readAudit('audit', range)).entries).toEqual([entry]);
  });
});
