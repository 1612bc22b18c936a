import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { DEFAULT_LIMITS, limitsText } from '../../lambdas/contract/client-limits.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { accept } from '../../lambdas/intake/accept.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import { identify, take } from '../../lambdas/tables/idempotency/requests.ts';
import { through } from '../support/api.ts';
import { automation, ENV, itemRow } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* Requests with an `Idempotency-Key`: their item's id is made from the request. */

/** An instance reads once how ids are made: each test has an automation that it has not met. */
let met = 0;
let name = '';

beforeEach(() => {
  world.reset();
  time.freeze();
  met += 1;
  name = `kind-${met}`;
});

/** A client that may post nothing. */
const NOTHING = limitsText({ ...DEFAULT_LIMITS, quota: { perDay: 0 } });
const BODY = { text: 'charged twice' };
/** Another instance of the function. */
const another = () => ({ ...ENV });
const items = () => world.tables.all('items') as unknown as ItemRow[];

function post(key: string, body: object = BODY, client = 'shop') {
  const own = { ...automation, name } as unknown as Automation;
  return through((event, caller) => accept(event, caller, own, ENV), {
    ...{ headers: { 'idempotency-key': key }, body },
    caller: { client, automations: name },
  });
}

const posted = (key: string, client = 'shop') => ({
  ...{ client, automation: name, idempotencyKey: key, bodyHash: digest(BODY) },
});
const idOf = async (key: string, client?: string) => (await identify(ENV, posted(key, client), 400)).itemId;

/** As the version before kept a request, its item being an hour old. */
function keptBefore(key: string, fields: Partial<ItemRow> = {}): string {
  const id = `${name}_${'e'.repeat(32)}`;
  world.tables.put('items', itemRow({ id, automation: name, status: 'done', ...fields }));
  world.tables.put('idempotency', {
    id: `${name}_request#${sha256(`shop|${name}|key|${key}`)}`,
    ...{ itemId: id, bodyHash: digest(BODY), expiresAt: time.at / 1000 + 400 * 86_400 },
  });
  return id;
}

describe('a request with a key', () => {
  it('is taken in with one write of its item, which is its claim as well', async () => {
    await post('k-0');
    world.calls = [];

    const { body } = await post('k-1');

    expect(world.calls).toEqual([
      'dynamodb UpdateCommand',
      's3 PutObject',
      'dynamodb PutCommand',
      'sqs SendMessageCommand',
    ]);
    expect(items()).toHaveLength(2);
    expect(body.id).toMatch(new RegExp(`^${name}_[0-9a-f]{32}$`));
  });

  it('finds its item by the write that is refused, and reads nothing', async () => {
    const first = await post('k-1');
    world.calls = [];

    expect((await post('k-1')).body).toMatchObject({ id: first.body.id, duplicate: true });

    expect(world.calls).not.toContain('dynamodb GetCommand');
  });

  it('has an id that nobody makes who knows client and key, nor tells them by', async () => {
    const id = await idOf('order-4711');
    name = `${name}-elsewhere`;

    expect((await idOf('order-4711')).slice(-32)).not.toBe(id.slice(-32));
    expect(id).not.toContain(sha256(JSON.stringify(['shop', 'order-4711'])).slice(0, 32));
  });

  it('has an id of its own with each client, however their names and keys are written', async () => {
    const ids = await Promise.all([idOf('b', 'a'), idOf('', 'ab'), idOf('"b"', 'a'), idOf('a', 'b')]);

    expect(new Set(ids).size).toBe(4);
  });

  it('does not lose its body to a request with the same key and another body', async () => {
    const first = await post('k-1');
    const second = await post('k-1', { text: 'pay somebody else' });

    expect([second.status, second.body.id]).toEqual([409, first.body.id]);
    expect(JSON.parse(world.content.get(`bucket/${items()[0]?.bodyKey}`) ?? '')).toEqual(BODY);
  });

  it('is no duplicate of itself where the answer to its write was lost and it was sent again', async () => {
    const request = await identify(ENV, posted('k-1'), 400);
    const row = itemRow({ id: request.itemId, bodyKey: request.bodyKey, order: 'now#1' });
    await take(ENV, row, request);

    expect(await take(ENV, row, request)).toBeUndefined();
    expect(await take(ENV, { ...row, order: 'now#2' }, request)).toMatchObject({ sameBody: true });
  });

  it('is a new item of the same id where retention has removed the first', async () => {
    const first = await post('k-1');
    world.tables.rows('items').delete(first.body.id);

    const second = await post('k-1', { text: 'something else' });

    expect([second.status, second.body.id]).toEqual([202, first.body.id]);
    expect(JSON.parse(world.content.get(`bucket/${items()[0]?.bodyKey}`) ?? '')).toEqual({
      text: 'something else',
    });
  });
});

describe('how ids are made', () => {
  it('is read once by an instance, and the same for all that begin at the same moment', async () => {
    const instances = Array.from({ length: 4 }, another);

    const made = await Promise.all(instances.map((one) => identify(one, posted('k-1'), 400)));
    world.calls = [];
    for (const one of instances) await identify(one, posted('k-2'), 400);

    expect(new Set(made.map(({ itemId }) => itemId)).size).toBe(1);
    expect(world.calls).toEqual([]);
  });

  it('is looked up again where it could not be read', async () => {
    world.fault = () => {
      throw new Error('the table is away');
    };
    await expect(idOf('k-1')).rejects.toThrow('away');
    world.fault = undefined;

    expect(await idOf('k-1')).toBe(await idOf('k-1'));
  });

  it('is settled, whichever call of the first request was its last', async () => {
    for (const after of [false, true])
      for (let point = 1; point <= 3; point += 1) {
        world.reset();
        name = `died-${point}-${after}`;
        world.crashAt(point, after);
        await idOf('k-1').catch(() => {});
        world.revive();

        const id = await idOf('k-1');

        expect((await identify(another(), posted('k-1'), 400)).itemId).toBe(id);
      }
  });
});

describe('a request that an earlier version kept under its key', () => {
  it('is found with its item, or as a conflict, also where it would be turned away', async () => {
    const id = keptBefore('k-1');

    expect(await post('k-1')).toMatchObject({ status: 200, body: { id, duplicate: true } });
    expect(await post('k-1', { text: 'other' })).toMatchObject({ status: 409, body: { id } });
    expect(items()).toHaveLength(1);

    const own = { ...automation, name } as unknown as Automation;
    const refused = await through((event, caller) => accept(event, caller, own, ENV), {
      ...{ headers: { 'idempotency-key': 'k-1' }, body: BODY },
      caller: { client: 'shop', automations: name, limits: NOTHING },
    });
    expect(refused).toMatchObject({ status: 200, body: { id } });
  });

  it('is told that its item is gone where it is', async () => {
    const id = keptBefore('k-1');
    keptBefore('k-2');
    await post('k-2');
    world.tables.rows('items').delete(id);

    expect(await post('k-1')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('no longer kept') },
    });
  });

  it('is looked for only where items are from before, and no longer than they are kept', async () => {
    keptBefore('k-1');
    const lookFor = async () => (await identify(ENV, posted('k-9'), 400)).claimId !== undefined;
    expect(await lookFor()).toBe(true);
    time.advance(400 * 86_400);
    expect(await lookFor()).toBe(false);

    name = `${name}-new`;
    expect(await lookFor()).toBe(false);
  });
});
