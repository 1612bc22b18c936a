import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { arrive } from '../../../lambdas/intake/doors/arrive.ts';
import { automation, type Demo, ENV, sqsRecord } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const open: Automation<Demo> = {
  ...automation,
  doors: {
    events: {
      tickets: {
        ...{ source: 'help-desk', detailType: 'TicketOpened', client: 'desk', priority: 'urgent' },
        body: ({ detail }) => ({ text: (detail as { words: string }).words }),
      },
    },
  },
};

const EVENT = {
  ...{ id: 'e-1', source: 'help-desk', 'detail-type': 'TicketOpened', time: '2026-11-27T10:00:00Z' },
  detail: { words: 'charged twice' },
};

const come = (message: object = EVENT) => arrive(sqsRecord(message), open as never, ENV);
const items = () => world.tables.all('items');

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('an event that matches a door', () => {
  it('is an item of the client that the door names, with the body that it makes', async () => {
    await come();

    const [item] = items();
    expect(item).toMatchObject({ client: 'desk', priority: 'urgent', status: 'received' });
    expect(item?.timeline).toMatchObject([{ event: 'received', door: 'event:tickets' }]);
    expect(JSON.parse(world.content.get(`bucket/items/${item?.id}/body.json`) ?? '')).toEqual({
      text: 'charged twice',
    });
    expect(world.sent('work')).toEqual([{ itemId: item?.id, generation: 1 }]);
  });

  it('is one item when it is delivered again, also otherwise', async () => {
    await come();
    await come();
    await come({ ...EVENT, detail: { words: 'charged once' } });

    expect(items()).toHaveLength(1);
  });

  it.each([[{ words: 7 }], [null], [undefined]])(
    'of which no body can be made is kept as it came, and is an item all the same: %j',
    async (detail) => {
      await come({ ...EVENT, detail });

      const [item] = items();
      expect(item).toMatchObject({ unfit: true, status: 'received' });
      expect(world.content.has(`bucket/items/${item?.id}/body.json`)).toBe(false);
      expect(JSON.parse(world.content.get(`bucket/items/${item?.id}/raw.json`) ?? '')).toMatchObject({
        ...{ encoding: 'utf8', text: JSON.stringify(detail ?? null) },
      });
      expect(world.tables.snapshot()).not.toContain('words');
    },
  );

  it('is one item, and queued, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        time.freeze();
        world.crashAt(point, after);
        died = await come().then(
          () => false,
          () => true,
        );
        world.revive();
        time.advance(61);
        await come();

        expect(items(), `point ${point}`).toHaveLength(1);
        expect(world.sent('work').length, `point ${point}`).toBeGreaterThan(0);
      }
    }
  });
});

it('a message for no door comes again, and is no item', async () => {
  await expect(come({ ...EVENT, source: 'another' })).rejects.toThrow(/no door of 'demo'/);
  expect(items()).toEqual([]);
});
