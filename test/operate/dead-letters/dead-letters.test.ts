import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEAD_LETTER_SCHEMAS } from '../../../lambdas/api/openapi/operator-schemas.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { type Answered, OPERATOR, through } from '../../support/api.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const DEAD = 'dead of demo';
const WORK = 'Signalbox-test-demo-work';
const POISON = 'no json {';
const work = (item: number) => JSON.stringify({ itemId: `demo_${item}`, generation: 1 });

beforeEach(() => {
  world.reset();
  time.freeze();
  world.queueNames.set('signalbox-test-demo-dead-letters', DEAD);
  world.queueNames.set(WORK, 'work');
});

function call(route: string, body: object = {}, caller: object = OPERATOR): Promise<Answered> {
  const registry = [registryEntry(automation as Automation)];
  return through((event, who) => answer(event, who, registry), {
    ...{ route, params: { queue: 'demo' }, body, caller },
  });
}
const redrive = (body: object = {}) =>
  call('POST /v1/dead-letters/{queue}/redrive', { reason: 'the fix is out', ...body });
const remove = (body: object = {}) =>
  call('POST /v1/dead-letters/{queue}/delete', { reason: 'it is nonsense', ...body });
const audited = () => world.tables.all('audit');

/** As Lambda writes it. */
const CHANGES = JSON.stringify({
  requestContext: {
    requestId: 'a1b2',
    functionArn: 'arn:aws:lambda:eu-west-1:1:function:Signalbox-test-platform-recordrecordpublish-x1',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 11,
  },
  DDBStreamBatchInfo: { shardId: 'shardId-1', startSequenceNumber: '1', batchSize: 3 },
});

describe('changes of a table that nobody could handle', () => {
  it('say which function failed at them, and stay where they are when all others go back', async () => {
    world.resting.put(DEAD, CHANGES);
    world.resting.put(DEAD, work(1), { source: WORK });
    const { body } = await call('GET /v1/dead-letters/{queue}');
    expect(DEAD_LETTER_SCHEMAS.DeadLetters.parse(body)).toEqual(body);
    expect(body.shown[0]).toMatchObject({
      source: 'Signalbox-test-platform-recordrecordpublish-x1',
      message: { DDBStreamBatchInfo: { batchSize: 3 } },
    });
    expect((await redrive()).body).toMatchObject({ moved: 1, left: 1 });
    expect(world.resting.bodies(DEAD)).toEqual([CHANGES]);
  });

  it.each([
    ['an ARN that is a number', { DDBStreamBatchInfo: {}, requestContext: { functionArn: 5 } }],
    ['no request', { DDBStreamBatchInfo: {} }],
    ['null', null],
    ['a text', 'DDBStreamBatchInfo'],
  ])('may be anything: %s says nothing of its function', async (_, message) => {
    world.resting.put(DEAD, JSON.stringify(message));
    const { body } = await call('GET /v1/dead-letters/{queue}');
    expect(body.shown).toEqual([expect.not.objectContaining({ source: expect.anything() })]);
  });
});

describe('who looks', () => {
  it('sees how many there are, since when, and of whom none can be', async () => {
    world.resting.put(DEAD, work(1), { sentAt: time.at - 60_000 });
    world.resting.put(DEAD, work(2), { sentAt: time.at - 3_600_000 });
    const { body } = await call('GET /v1/dead-letters');
    expect(DEAD_LETTER_SCHEMAS.DeadLetterQueues.parse(body)).toEqual(body);
    expect(body.queues).toEqual([
      { queue: 'demo', messages: 2, oldest: new Date(time.at - 3_600_000).toISOString() },
      { queue: 'platform', messages: 0 },
    ]);
  });

  it('sees them decoded, poison too, and leaves them to others as they were', async () => {
    world.resting.put(DEAD, work(1), { source: WORK });
    world.resting.put(DEAD, POISON);
    const { body } = await call('GET /v1/dead-letters/{queue}');
    expect(DEAD_LETTER_SCHEMAS.DeadLetters.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      messages: 2,
      shown: [{ source: WORK, message: { itemId: 'demo_1' } }, { text: POISON }],
    });
    expect(world.resting.visible(DEAD)).toBe(2);
    expect(audited()).toEqual([]);
  });

  it('asks no more often, however many there are', async () => {
    for (let item = 0; item < 200; item += 1) world.resting.put(DEAD, work(item));
    const { body } = await call('GET /v1/dead-letters/{queue}');
    expect(body.messages).toBe(200);
    expect(world.calls.filter((it) => it.endsWith('ReceiveMessageCommand'))).toHaveLength(3);
    expect(world.resting.visible(DEAD)).toBe(200);
  });

  it.each([
    ['a client', { client: 'shop', automations: '*', role: 'client' }, 403],
    ['an operator of some automations', { ...OPERATOR, automations: 'demo' }, 403],
  ])('is not %s', async (_name, caller, status) => {
    world.resting.put(DEAD, work(1));
    for (const route of ['GET /v1/dead-letters', 'GET /v1/dead-letters/{queue}'])
      expect((await call(route, {}, caller)).status).toBe(status);
    expect(world.calls).toEqual([]);
  });
});

describe('what is moved back', () => {
  it('goes to the queue that it came from, and who moved it is on record', async () => {
    for (let item = 0; item < 25; item += 1) world.resting.put(DEAD, work(item), { source: WORK });
    world.resting.put(DEAD, POISON);
    const { body } = await redrive();
    expect(DEAD_LETTER_SCHEMAS.DeadLettersMoved.parse(body)).toEqual(body);
    expect(body).toEqual({ queue: 'demo', moved: 25, left: 1 });
    expect(world.queues.get('work')?.sort()).toEqual(
      Array.from({ length: 25 }, (_, item) => work(item)).sort(),
    );
    expect([world.resting.bodies(DEAD), world.resting.visible(DEAD)]).toEqual([[POISON], 1]);
    expect(audited()).toMatchObject([
      { by: 'ops', command: 'dlq redrive queue=demo', automation: 'demo', comment: 'the fix is out' },
    ]);
  });

  it('is what was asked for, and the others are there for the next one', async () => {
    const [, second] = [1, 2, 3].map((item) => world.resting.put(DEAD, work(item), { source: WORK }));
    expect((await redrive({ ids: [second, 'gone'] })).body).toMatchObject({ moved: 1, left: 1 });
    expect(world.queues.get('work')).toEqual([work(2)]);
    expect(world.resting.visible(DEAD)).toBe(2);
  });

  it('is lost nowhere: who dies at any call, and asks again, finds all of it at its queue', async () => {
    for (let point = 1, after = false; ; after = !after, point += after ? 0 : 1) {
      world.reset();
      world.queueNames.set('signalbox-test-demo-dead-letters', DEAD).set(WORK, 'work');
      for (const item of [1, 2]) world.resting.put(DEAD, work(item), { source: WORK });
      world.crashAt(point, after);
      await redrive().catch(() => {});
      const died = world.dead;
      world.revive();
      time.at += 61_000;
      await redrive();
      expect(new Set(world.queues.get('work')), `call ${point}`).toEqual(new Set([work(1), work(2)]));
      expect(world.resting.bodies(DEAD)).toEqual([]);
      if (!died) break;
    }
  });

  it('is nothing without an entry of the audit', async () => {
    world.resting.put(DEAD, work(1), { source: WORK });
    world.fault = (name) => {
      if (name === 'dynamodb BatchExecuteStatementCommand') throw new Error('the table is throttled');
    };
    expect((await redrive()).status).toBe(500);
    expect([world.resting.bodies(DEAD), world.queues.size]).toEqual([[work(1)], 0]);
  });
});

describe('what is deleted', () => {
  it('is what was looked at, for a reason that is on record', async () => {
    const poison = world.resting.put(DEAD, POISON);
    world.resting.put(DEAD, work(1));
    const { body } = await remove({ ids: [poison] });
    expect(DEAD_LETTER_SCHEMAS.DeadLettersDeleted.parse(body)).toEqual(body);
    expect(body).toEqual({ queue: 'demo', deleted: 1, left: 0 });
    expect([world.resting.bodies(DEAD), world.resting.visible(DEAD)]).toEqual([[work(1)], 1]);
    expect(audited()).toMatchObject([
      { command: `dlq delete queue=demo id=${poison}`, comment: 'it is nonsense' },
    ]);
  });

  it.each([
    ['no ids', {}],
    ['no reason', { ids: ['message-1'], reason: '' }],
  ])('is nothing with %s', async (_name, body) => {
    world.resting.put(DEAD, POISON);
    expect((await remove(body)).status).toBe(400);
    expect(world.resting.bodies(DEAD)).toEqual([POISON]);
  });

  it('is of a queue that there is', async () => {
    world.queueNames.clear();
    expect((await remove({ ids: ['message-1'] })).status).toBe(404);
  });
});
