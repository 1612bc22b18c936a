import { createHmac } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { callBack } from '../../lambdas/record/callback.ts';
import { publish, statusChanges } from '../../lambdas/record/publish.ts';
import { ENV, ID, itemRow } from '../support/fixtures.ts';
import { reset, type Stub, stubServer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  world.secrets['signalbox/clients'] = JSON.stringify({
    clients: [
      { name: 'shop', sha256: 'x', automations: ['*'], callbackKey: 'key-of-shop' },
      { name: 'other', sha256: 'y', automations: ['*'], callbackKey: 'key-of-other' },
      { name: 'keyless', sha256: 'z', automations: ['*'] },
    ],
  });
});

function record(before: Partial<ItemRow> | undefined, now: Partial<ItemRow> | undefined): DynamoDBRecord {
  const image = (fields: Partial<ItemRow>) => marshall(itemRow(fields), { removeUndefinedValues: true });
  return {
    dynamodb: { ...(before ? { OldImage: image(before) } : {}), ...(now ? { NewImage: image(now) } : {}) },
  } as DynamoDBRecord;
}

describe('the changes of a stream', () => {
  it('are a new item and a new status, and nothing else', () => {
    const records = [
      record(undefined, {}),
      record({ status: 'received' }, { status: 'processing' }),
      record({ status: 'processing' }, { status: 'processing', label: 'Billing' }),
      record({ status: 'acting', generation: 1 }, { status: 'acting', generation: 2 }),
      record({ status: 'acting' }, { status: 'done', generation: 2 }),
      record({ status: 'done' }, undefined),
      { dynamodb: {} } as DynamoDBRecord,
      {} as DynamoDBRecord,
    ];

    const changes = statusChanges(records).map(({ change }) => [
      change.previousStatus,
      change.status,
      change.generation,
    ]);

    expect(changes).toEqual([
      [null, 'received', 1],
      ['received', 'processing', 1],
      ['acting', 'done', 2],
    ]);
  });

  it('of an item that people were asked about and that failed tell the desk, once each and in facts', async () => {
    const approvalId = `${ID}-g1`;
    const records = [
      record({ status: 'acting' }, { status: 'parked', approvalId, callbackUrl: 'https://shop.example' }),
      record({ status: 'acting' }, { status: 'quarantined', approvalId }),
      record({ status: 'parked' }, { status: 'parked', approvalId, generation: 2 }),
      record({ status: 'acting' }, { status: 'done', approvalId }),
      record({ status: 'processing' }, { status: 'parked' }),
    ];

    await publish(statusChanges(records), ENV);

    expect(world.sent('questions')).toEqual([
      { approvalId, command: 'failed' },
      { approvalId, command: 'failed' },
    ]);
    expect(world.sent('callbacks')).toHaveLength(1);
    expect(world.sent('callbacks')[0]).not.toHaveProperty('approvalId');
  });

  it('tell facts and never content', () => {
    const row: Partial<ItemRow> = {
      ...{ status: 'done', reasons: ['card 4111'], label: 'Billing', client: 'shop' },
      timeline: [{ at: 'x', event: 'gated', reasons: ['card 4111'] }],
    };

    const [message] = statusChanges([record({ status: 'acting' }, row)]);

    expect(message?.change).toEqual({
      ...{ id: ID, automation: 'demo', status: 'done', previousStatus: 'acting', generation: 1 },
      at: '2026-12-01T08:00:00.000Z',
    });
  });
});

describe('publishing', () => {
  it('puts on the bus what the configuration wants there; callbacks and counts are told of all', async () => {
    const to = (status: ItemRow['status']) =>
      record({ status: 'processing' }, { status, callbackUrl: 'https://x.example', client: 'shop' });
    const all = statusChanges([to('acting'), to('parked'), to('done')]);

    await publish(all, { ...ENV, PUBLISHED: 'done,rejected' });

    expect(world.events.map(({ Detail }) => JSON.parse(Detail).status)).toEqual(['done']);
    expect(world.sent('callbacks')).toHaveLength(3);
    expect(world.counted).toEqual(['itemsParked']);

    world.events = [];
    await publish(all, { ...ENV, PUBLISHED: '' });
    expect(world.events).toEqual([]);
  });

  it('counts what stands still, whoever let it: people are told by an alarm on the count, never item by item', async () => {
    const to = (status: ItemRow['status']) => record({ status: 'processing' }, { status });
    const all = [to('parked'), to('parked'), to('quarantined'), to('suspended'), to('done')];
    await publish(statusChanges(all), ENV);
    expect(world.counted).toEqual(['itemsParked', 'itemsQuarantined']);
    expect(world.tables.all('control')).toMatchObject([
      { id: 'demo_alarm#told', 'items/parked times': 2, 'items/quarantined times': 1 },
    ]);
  });

  const changes = (count: number, url = '') =>
    statusChanges(
      Array.from({ length: count }, (_, index) =>
        record(undefined, { id: `item-${index}`, callbackUrl: url, client: 'shop' }),
      ),
    );

  it.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [25, 3],
  ])('sends %i changes to the bus in %i calls of ten', async (count, calls) => {
    await publish(changes(count), ENV);

    expect(world.calls.filter((call) => call.startsWith('events'))).toHaveLength(calls);
    expect(world.events.map(({ Detail }) => JSON.parse(Detail).id)).toEqual(
      Array.from({ length: count }, (_, i) => `item-${i}`),
    );
    for (const { Source, DetailType, EventBusName } of world.events) {
      expect([Source, DetailType, EventBusName]).toEqual(['signalbox', 'ItemStatusChanged', 'bus']);
    }
  });

  it('queues a callback where the caller gave an address, and only there', async () => {
    await publish([...changes(2, 'https://shop.example/hook'), ...changes(2)], ENV);

    expect(world.sent('callbacks')).toHaveLength(2);
    expect(world.sent('callbacks')[0]).toMatchObject({
      url: 'https://shop.example/hook',
      client: 'shop',
      change: { id: 'item-0' },
    });
  });

  it('comes again when the bus did not take an event', async () => {
    vi.spyOn(world, 'bus').mockResolvedValueOnce({ FailedEntryCount: 1 });

    await expect(publish(changes(3, 'https://x.example'), ENV)).rejects.toMatchObject({
      name: 'TransientError',
    });

    expect(world.sent('callbacks')).toEqual([]);
  });

  it('comes again when the queue cannot be reached', async () => {
    world.fault = (call) => {
      if (call.startsWith('sqs')) throw named('ThrottlingException');
    };

    await expect(publish(changes(1, 'https://x.example'), ENV)).rejects.toThrow();
  });
});

describe('a callback', () => {
  let shop: Stub;
  beforeEach(async () => {
    shop = await stubServer({ status: 204 });
  });
  afterEach(() => shop.close());

  const change = {
    id: ID,
    automation: 'demo',
    status: 'done',
    previousStatus: 'acting',
    generation: 1,
    at: 'now',
  };
  const call = (url = `${shop.url}/hook`) =>
    callBack({ url, client: 'shop', change }, { ...ENV, STAGE: 'local' });

  it('carries the change and a signature that the caller can check', async () => {
    await call();

    const [seen] = shop.seen;
    expect(seen).toMatchObject({ method: 'POST', path: '/hook', headers: { 'signalbox-item': ID } });
    expect(JSON.parse(seen?.body ?? '')).toEqual(change);
    const [, at, mac] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(seen?.headers['signalbox-signature'])) ?? [];
    const signed = `${at}.${ID}.${seen?.body}`;
    expect(mac).toBe(createHmac('sha256', 'key-of-shop').update(signed).digest('hex'));
  });

  it('is signed with the key of its own client, and of nobody without one', async () => {
    const url = `${shop.url}/hook`;
    const env = { ...ENV, STAGE: 'local' };
    await callBack({ url, client: 'other', change }, env);
    await callBack({ url, client: 'keyless', change }, env);
    await callBack({ url, client: 'gone', change }, env);

    expect(shop.seen).toHaveLength(1);
    const [, at, mac] = /^t=(\d+),v1=(.*)$/.exec(String(shop.seen[0]?.headers['signalbox-signature'])) ?? [];
    const signed = `${at}.${ID}.${shop.seen[0]?.body}`;
    expect(mac).toBe(createHmac('sha256', 'key-of-other').update(signed).digest('hex'));
  });

  it('goes nowhere where the name leads inward, whatever it led to when it was given', async () => {
    const asked: string[] = [];
    const lookup = ((name: string, _options: object, done: (error: null, found: object[]) => void) => {
      asked.push(name);
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ]);
    }) as never;
    const message = { url: 'https://hook.shop.example.com/x', client: 'shop', change };

    await expect(callBack(message, ENV, { lookup })).resolves.toBeUndefined();

    expect(asked).toEqual(['hook.shop.example.com']);
  });

  it('comes again where the name cannot be looked up', async () => {
    const lookup = ((_name: string, _options: object, done: (error: Error) => void) =>
      done(new Error('EAI_AGAIN'))) as never;
    const message = { url: 'https://hook.shop.example.com/x', client: 'shop', change };

    await expect(callBack(message, ENV, { lookup })).rejects.toMatchObject({ name: 'TransientError' });
  });

  it.each([200, 301, 307, 400, 401, 404, 410, 422])(
    'is over after %i: nobody is asked again, no redirect is followed',
    async (status) => {
      shop.answers = [{ status, headers: { location: `${shop.url}/elsewhere` } }];

      await expect(call()).resolves.toBeUndefined();

      expect(shop.seen).toHaveLength(1);
    },
  );

  it.each([408, 425, 429, 500, 502, 503])('comes again after %i', async (status) => {
    shop.answers = [{ status }];

    await expect(call()).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('comes again when nobody answers', async () => {
    shop.answers = [reset];
    await expect(call()).rejects.toMatchObject({ name: 'TransientError' });
  });
});
