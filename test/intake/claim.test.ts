import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS, limitsText } from '../../lambdas/contract/client-limits.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import {
  claim,
  putItem,
  type RequestKey,
  requestFor,
  requestKey,
} from '../../lambdas/tables/idempotency/requests.ts';
import { type Request, SHOP, through } from '../support/api.ts';
import { automation, ENV, itemRow } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/kit/clock.ts', async (actual) => ({
  ...(await actual<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => meanwhile(),
}));

/** What goes on while somebody waits a little. */
let meanwhile = () => {};

beforeEach(() => {
  world.reset();
  time.freezeLater();
  meanwhile = () => {};
});

const BODY = { text: 'charged twice' };
const OTHER = { text: 'something else' };
const items = () => world.tables.all('items') as unknown as ItemRow[];
const claims = () => world.tables.all('idempotency');
const queued = () => world.sent('work') as { itemId: string }[];

function post(key: string | undefined, body: object = BODY, given: Request = {}) {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return through((event, caller) => postItem(event, caller, automation as never, ENV), {
    ...{ headers, body },
    ...given,
  });
}

/** The worker of a request dies after it has claimed it, and before its item is there. */
async function left(key?: string): Promise<string> {
  world.fault = (call, { TableName }) => {
    if (call.includes('Put') && TableName === 'items') throw new Error('the worker died here');
  };
  await post(key);
  world.fault = undefined;
  world.calls = [];
  return String(claims()[0]?.itemId);
}

describe('a new request', () => {
  it.each(['k-1', undefined])('is two writes, with the key %s: its claim, then its item', async (key) => {
    await post(key);

    // The key of its hash is read once by each function.
    const calls = world.calls.filter((call) => !call.startsWith('secretsmanager'));
    expect(calls.toSorted()).toEqual([
      'dynamodb PutCommand',
      'dynamodb PutCommand',
      'dynamodb UpdateCommand',
      's3 PutObject',
      'sqs SendMessageCommand',
    ]);
    expect(calls.lastIndexOf('dynamodb PutCommand')).toBe(3);
    expect(items()).toHaveLength(1);
  });

  it('is no duplicate of itself where the answer to a write was lost and it was sent again', async () => {
    const row = itemRow({ order: 'now#1' });
    const key = requestKey('shop', 'demo', 'k-1', digest(BODY));
    await claim('idempotency', row, key);
    await putItem('items', row);

    expect(await claim('idempotency', row, key)).toBeUndefined();
    expect(await putItem('items', row)).toBeUndefined();
    expect(await putItem('items', { ...row, order: 'now#2' })).toMatchObject({ order: 'now#1' });
  });
});

describe('a request that a dead worker had claimed', () => {
  it.each(['k-1', undefined])('becomes the item of that claim, with the key %s', async (key) => {
    const id = await left(key);
    time.advance(60);

    const { status, body } = await post(key);

    expect([status, body.id]).toEqual([202, id]);
    expect(queued()).toEqual([{ itemId: id, generation: 1 }]);
    const [row] = items();
    expect(JSON.parse(world.content.get(`bucket/${row?.bodyKey}`) ?? '')).toEqual(BODY);
    expect(row?.bodyKey).toBe(`items/${id}/body.json`);
  });

  it('is one item when twenty take it over at the same moment', async () => {
    const id = await left('k-1');
    time.advance(60);

    const answers = await Promise.all(Array.from({ length: 20 }, () => post('k-1')));

    expect(new Set(answers.map(({ body }) => body.id))).toEqual(new Set([id]));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(items()).toHaveLength(1);
  });

  it('stays the one item where the dead worker only slept', async () => {
    const key = requestKey('shop', 'demo', 'k-1', digest(BODY));
    const asleep = itemRow({ id: `demo_${'5'.repeat(32)}`, order: 'first' });
    await claim('idempotency', asleep, key);
    time.advance(60);
    await post('k-1');

    expect(await putItem('items', asleep)).toMatchObject({
      id: asleep.id,
      order: expect.not.stringMatching('first'),
    });
    expect(items()).toHaveLength(1);
  });

  it.each([
    ['keyed', (key: RequestKey) => key.bodyHash],
    ['of an earlier version', (key: RequestKey) => key.plainHash ?? ''],
  ])('is known again by a hash that is %s, and by no other body', async (_, hashIn) => {
    await post('k-1');
    const [claimed] = world.tables.all('idempotency') as unknown as { id: string; bodyHash: string }[];
    const key = await requestFor(ENV.SUBJECT_SECRET, { client: 'shop', key: 'k-1' }, 'demo', digest(BODY));
    expect(claimed).toMatchObject({ id: key.id, bodyHash: key.bodyHash });
    world.tables.put('idempotency', { ...claimed, bodyHash: hashIn(key) });

    expect((await post('k-1')).body).toMatchObject({ duplicate: true });
    expect((await post('k-1', OTHER)).status).toBe(409);
  });

  it('leaves no hash that a guessed body could be tried on', async () => {
    await post(undefined);
    await post('k-1', OTHER);
    const rows = JSON.stringify(world.tables.all('idempotency'));

    for (const body of [BODY, OTHER]) expect(rows).not.toContain(digest(body));
    expect(rows).not.toContain(sha256(`shop|demo|content|${digest(BODY)}`));
  });

  it('does not become that of another body', async () => {
    const id = await left('k-1');

    expect(await post('k-1', OTHER)).toMatchObject({ status: 409, body: { id } });
    expect(items()).toEqual([]);
    expect((await post('k-1')).status).toBe(202);
  });

  it('is refused like a new one where posts are: nobody was told that it was taken', async () => {
    await left('k-1');
    const none = limitsText({ ...DEFAULT_LIMITS, quota: { perDay: 0 } });
    const caller = { ...SHOP, limits: none };

    expect(await post('k-1', BODY, { caller })).toMatchObject({ status: 429, body: { accepted: false } });
    expect(items()).toEqual([]);
  });
});

describe('a request whose claim has no item', () => {
  it('waits a little where the claim is new, and finds the item that comes', async () => {
    const id = await left('k-1');
    meanwhile = () => world.tables.put('items', itemRow({ id }));

    expect(await post('k-1')).toMatchObject({ status: 200, body: { id, duplicate: true } });
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'an hour later',
      async () => {
        await left('k-1');
        time.advance(3601);
      },
    ],
    [
      'where an earlier version wrote both in one',
      async () => {
        const id = `demo_request#${sha256('shop|demo|key|k-1')}`;
        world.tables.put('idempotency', {
          ...{ id, itemId: `demo_${'e'.repeat(32)}`, bodyHash: digest(BODY) },
          expiresAt: time.at / 1000 + 86_400,
        });
      },
    ],
  ])('is told that its item is gone %s', async (_when, claimed) => {
    await claimed();

    expect(await post('k-1')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('no longer kept') },
    });
    expect(items()).toEqual([]);
  });

  it('is new when the claim is over', async () => {
    const id = await left('k-1');
    time.advance(401 * 86_400);

    const { status, body } = await post('k-1');

    expect(status).toBe(202);
    expect(body.id).not.toBe(id);
  });
});
