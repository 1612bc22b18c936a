import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ForwardRequest } from '../../lambdas/contract/item/forward.ts';
import { takeForward } from '../../lambdas/intake/forward.ts';
import { itemKey } from '../../lambdas/tables/keys.ts';
import { automation, ENV } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const PARENT = itemKey('other', '1'.repeat(32));
const asked: ForwardRequest = {
  ...{ body: { text: 'pay this' }, idempotencyKey: `${PARENT}-0123456789abcdef`, ancestors: [PARENT] },
  ...{ client: 'shop', priority: 'urgent' },
};
const forward = (fields: Partial<ForwardRequest> = {}) =>
  takeForward({ ...asked, ...fields }, automation as never, ENV);
const items = () => world.tables.all('items');

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('what is forwarded', () => {
  it('is an item of the client of its parent, which it names', async () => {
    const answer = await forward();

    const [item] = items();
    expect(answer).toEqual({ id: item?.id, duplicate: false });
    expect(item).toMatchObject({
      ...{ client: 'shop', priority: 'urgent', status: 'received', ancestors: [PARENT] },
      timeline: [{ event: 'received', door: 'forward', parent: PARENT }],
    });
    expect(world.sent('work')).toEqual([{ itemId: item?.id, generation: 1 }]);
  });

  it('is one item however often it is asked for, also with another body', async () => {
    const first = await forward();
    expect(await forward()).toEqual({ ...first, duplicate: true });
    expect(await forward({ body: { text: 'pay that' } })).toEqual({ ...first, duplicate: true });
    expect(items()).toHaveLength(1);
  });

  it.each([
    ['a body that does not fit', { body: { text: 7, secret: 'word of the item' } }],
    ['a loop', { ancestors: [itemKey('demo', '2'.repeat(32)), PARENT] }],
    ['no parent', { ancestors: [] }],
  ])('is refused without a trace, and without a word of it: %s', async (_name, fields) => {
    const answer = await forward(fields as never);

    expect(answer).toEqual({ refused: expect.any(String) });
    expect(JSON.stringify(answer)).not.toContain('word of the item');
    expect(items()).toEqual([]);
    expect(world.content.size).toBe(0);
  });

  it('is one item, wherever its worker dies before it is asked again', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        time.freeze();
        world.crashAt(point, after);
        died = await forward().then(
          () => false,
          () => true,
        );
        world.revive();
        time.advance(10);
        await forward();
        expect(items(), `died at call ${point}`).toHaveLength(1);
      }
    }
  });
});
