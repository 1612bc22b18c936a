import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventDestination } from '../../../lambdas/contract/outside/destination.ts';
import { named, time, world } from '../../support/world.ts';
import { allowed, standsAfter } from './delivery.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const BUS: EventDestination = {
  ...{ kind: 'destination', connector: 'event', name: 'there', timeoutSeconds: 10 },
  ...{ bus: 'orders', source: 'shop.orders' },
};
const rules = {
  event: { detailType: 'OrderTold', detail: ({ order }: Readonly<Record<string, unknown>>) => ({ order }) },
};
const putting = 'events PutEventsCommand';
const failing = (error: Error) => {
  world.fault = (call) => {
    if (call === putting) throw error;
  };
};

beforeEach(() => {
  world.reset();
  time.freezeLater();
  allowed();
});

describe('an event', () => {
  it('is what the action makes of its parameters, with the key that readers know it by', async () => {
    expect(await standsAfter(BUS, rules)).toMatchObject({ status: 'done' });

    const [{ Detail = '', ...entry } = {}] = world.events as Partial<(typeof world.events)[0]>[];
    expect(entry).toEqual({ EventBusName: 'orders', Source: 'shop.orders', DetailType: 'OrderTold' });
    const detail = JSON.parse(Detail);
    expect(detail).toEqual({ order: 'A-1', item: expect.any(String), idempotencyKey: expect.any(String) });
    expect(detail.idempotencyKey).toContain(detail.item);
  });

  it('has the same key where it is put again, after a call without an answer', async () => {
    let lost = true;
    const bus = world.bus.bind(world);
    const spy = vi.spyOn(world, 'bus').mockImplementation(async (command, input) => {
      const answer = await bus(command, input);
      if (lost) {
        lost = false;
        throw named('TimeoutError');
      }
      return answer;
    });
    await standsAfter(BUS, rules);
    time.advance(60);
    expect(await standsAfter(BUS, rules)).toMatchObject({ status: 'done' });
    spy.mockRestore();

    const keys = world.events.map(({ Detail }) => JSON.parse(Detail).idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    [
      'a bus that is not there',
      named('ResourceNotFoundException', { $metadata: { httpStatusCode: 400 } }),
      'parked',
    ],
    ['no right to it', named('AccessDeniedException', { $metadata: { httpStatusCode: 403 } }), 'parked'],
    [
      'a bus that is throttled',
      named('ThrottlingException', { $metadata: { httpStatusCode: 400 } }),
      'acting',
    ],
    ['a bus that is down', named('InternalException', { $metadata: { httpStatusCode: 500 } }), 'acting'],
  ])('ends for a person or comes again, and is never called done: %s', async (_name, error, status) => {
    failing(error);
    expect(await standsAfter(BUS, rules)).toMatchObject({ status });
    expect(world.events).toEqual([]);
  });

  it.each([
    ['ThrottlingException', 'acting'],
    ['InternalFailure', 'acting'],
    ['NotAuthorizedForSourceException', 'parked'],
  ])('that the bus did not take under a 200 is not done: %s', async (ErrorCode, status) => {
    const spy = vi
      .spyOn(world, 'bus')
      .mockResolvedValue({ FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'words' }] });
    expect(await standsAfter(BUS, rules)).toMatchObject({ status });
    spy.mockRestore();
    expect(world.tables.snapshot()).not.toContain('words');
  });

  it('of more than a bus takes is refused before it is sent', async () => {
    const large = { event: { detailType: 'X', detail: () => ({ text: 'x'.repeat(250 * 1024) }) } };
    expect(await standsAfter(BUS, large)).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(world.events).toEqual([]);
  });

  it('of an action that says no more what it is, is for an operator', async () => {
    expect(await standsAfter(BUS, {})).toMatchObject({
      ...{ status: 'parked', cause: "action 'tell' has no 'event', which destination 'there' needs" },
    });
  });
});
