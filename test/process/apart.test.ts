import type { Context, SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sqsHandler } from '../../lambdas/kit/queue/handler.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { automation, door, ENDPOINT, ENV, ID, itemRow, PAY, sqsRecord, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door({ label: 'Billing' }) }));

/* Ten messages that come together, one of which ends its worker each time: a loop without an end in the code of an automation, say. */

const idOf = (number: number) => `${ID.slice(0, -2)}${String(number).padStart(2, '0')}`;
const ALL = Array.from({ length: 10 }, (_, number) => idOf(number));
const RECEIVES = 6;

beforeEach(() => {
  world.reset();
  time.freezeLater();
  for (const id of ALL) {
    world.tables.put('items', itemRow({ id, bodyKey: `items/${id}/body.json` }));
    world.content.set(`bucket/items/${id}/body.json`, JSON.stringify({ text: `charged twice ${id}` }));
  }
});

/** A worker takes what is in the queue. @returns whose messages come again: those of all, where it ended */
async function worker(
  ids: readonly string[],
  receives: number,
  guilty: readonly string[],
): Promise<string[]> {
  const implementation = thinking(async ({ id }) => {
    // Nothing that it does from here on is heard by anybody, and so for the others of its batch.
    if (guilty.includes(id)) world.dead = true;
    return PAY;
  });
  const given = { env: ENV, endpoints: [ENDPOINT], automation: automation as never, implementation };
  const handler = sqsHandler((record, delivery) => processRecord(record, { ...given, ...delivery }), {
    ...{ queueUrl: ENV.WORK_QUEUE_URL, limitSeconds: 300 },
  });
  const Records = ids.map((id) => ({
    ...sqsRecord({ itemId: id, generation: 1 }, receives),
    ...{ messageId: id, receiptHandle: id, eventSourceARN: 'arn:aws:sqs:eu-west-1:1:work' },
  }));
  const context = { getRemainingTimeInMillis: () => 300_000 } as Context;
  const { batchItemFailures } = await handler({ Records } as SQSEvent, context);
  const died = world.dead;
  world.revive();
  time.advance(61);
  return died ? [...ids] : batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

async function untilAllRest(guilty: readonly string[]): Promise<number> {
  let left: string[] = ALL;
  for (let receives = 1; left.length > 0; receives += 1) {
    if (receives > RECEIVES) throw new Error(`${left.length} messages are dead letters`);
    left = await worker(left, receives, guilty);
    if (left.length === 0) return receives;
  }
  return 0;
}

describe('an item that ends its worker', () => {
  it.each([0, 4, 9])(
    'is parked with the reason, and takes no other along: the %i. of its batch',
    async (at) => {
      const guilty = idOf(at);

      const receives = await untilAllRest([guilty]);

      expect(receives).toBeLessThan(RECEIVES);
      const others = ALL.filter((id) => id !== guilty);
      expect(new Set(others.map((id) => stored(id).verdict))).toEqual(new Set(['act']));
      expect(stored(guilty)).toMatchObject({
        status: 'parked',
        error: { class: 'SystemError', message: expect.stringMatching(/at last on nothing else$/) },
      });
      // Whose worker died behind the verdict is sent on again: the ledger lets it act once.
      const sent = world.sent('actions') as { itemId: string }[];
      expect([...new Set(sent.map(({ itemId }) => itemId))].sort()).toEqual(others);
      for (const id of ALL) expect(stored(id)).not.toHaveProperty('leaseAlone');
    },
  );

  it('is found among several of them', async () => {
    await untilAllRest([idOf(2), idOf(7)]);

    const parked = ALL.filter((id) => stored(id).status === 'parked');
    expect(parked).toEqual([idOf(2), idOf(7)]);
  });
});

it('workers that are killed for no fault of an item blame none', async () => {
  for (const receives of [1, 2]) {
    const dying = worker(ALL, receives, [idOf(5)]);
    await dying;
  }
  expect(await worker(ALL, 3, [])).toEqual([]);
  expect(new Set(ALL.map((id) => stored(id).verdict))).toEqual(new Set(['act']));
});
