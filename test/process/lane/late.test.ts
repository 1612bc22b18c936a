import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import { readLate } from '../../../lambdas/tables/control/lane.ts';
import {
  automation,
  type Demo,
  door,
  ENDPOINT,
  ENV,
  ID,
  itemRow,
  sqsRecord,
  stored,
} from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { thinking } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freezeLater();
});

const PROMISED = { ...automation, promise: { normalMinutes: 10 } };

/** An item's message that has waited so long. */
function deliver(
  seconds: number,
  fields: Partial<ItemRow> = {},
  of: Partial<Automation<Demo>> = {},
  receives = 1,
) {
  world.tables.put(
    'items',
    itemRow({ status: 'received', receivedAt: new Date(time.at).toISOString(), ...fields }),
  );
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
  const record = sqsRecord({ itemId: ID, generation: 1 }, receives);
  record.attributes.SentTimestamp = String(time.at - seconds * 1000);
  return processRecord(record, {
    ...{ env: ENV, endpoints: [ENDPOINT], implementation: thinking() },
    automation: { ...PROMISED, ...of } as never,
  });
}

describe('work that waits longer than half of what is promised', () => {
  it('is told to intake', async () => {
    await deliver(300);
    expect(await readLate('control', 'demo')).toMatchObject({ seconds: 300 });
  });

  it.each([
    ['it waited less', 299, {}, {}],
    ['nothing is promised', 9000, {}, { promise: undefined }],
    ['it was to wait', 9000, { deferredUntil: '2026-12-01T09:00:00.000Z' }, {}],
    [
      'it is urgent, and those have a lane of their own',
      9000,
      { priority: 'urgent' as const },
      { lanes: 'separate' as const },
    ],
  ])('says nothing where %s', async (_name, seconds, fields, of) => {
    world.calls = [];
    await deliver(seconds, fields, of as never);

    expect(await readLate('control', 'demo')).toBeUndefined();
    expect(world.calls).not.toContain('dynamodb PutCommand');
  });

  it('is late also where urgent work shares the queue', async () => {
    await deliver(300, { priority: 'urgent' });
    expect(await readLate('control', 'demo')).toBeDefined();
  });

  it('says so at most every fifteen seconds, however many there are', async () => {
    const told = () => world.calls.filter((call) => call === 'dynamodb PutCommand').length;
    for (let count = 0; count < 20; count += 1) await deliver(300 + count);
    expect(told()).toBe(1);
    time.advance(15);
    await deliver(400);
    expect(told()).toBe(2);
  });

  it('is thought about all the same where it cannot be told', async () => {
    world.fault = (call) => {
      if (call === 'dynamodb PutCommand') throw named('ThrottlingException');
    };
    await deliver(300);

    expect(stored().verdict).toBe('act');
    expect(world.visibility).toEqual([]);
  });
});
