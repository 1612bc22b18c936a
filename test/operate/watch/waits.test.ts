import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OLDEST } from '../../../lambdas/contract/alarms/alarms.ts';
import { forceBreaker } from '../../../lambdas/tables/control/breakers.ts';
import { neighbourKey } from '../../../lambdas/tables/keys.ts';
import { time, world } from '../../support/world.ts';
import { age, CRM, freshWatch, MINUTE, published, subjects, ticks, urgent } from './watch-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/notify.ts', () => ({ publishTo: vi.fn(), oldestIn: vi.fn() }));

beforeEach(freshWatch);

describe('a breaker', () => {
  const open = (openUntil: number) =>
    world.tables.put('control', {
      id: neighbourKey('source', 'crm'),
      ...{ breaker: 'open', reason: 'it times out', openUntil },
    });

  it('that stays open is an alarm, from the first look to the last, also where it is tried in between', async () => {
    let minute = 0;
    await ticks(20, () => {
      minute += 1;
      // Each third minute it lets a probe through, which fails.
      open(time.at + (minute % 3 === 0 ? -1 : MINUTE));
    });
    expect(subjects()).toEqual(['Signalbox test: signalbox-test source crm: breaker/open']);
    expect(world.mails[0]?.text).toContain('it times out');
  });

  it('whose row becomes unreadable keeps its alarm, until it can be read again and is closed', async () => {
    await ticks(15, () => open(time.at + MINUTE));
    expect(subjects()).toHaveLength(1);
    world.tables.put('control', { id: neighbourKey('source', 'crm'), breaker: 'open', openUntil: 'soon' });
    await ticks(30);
    expect(subjects()).toHaveLength(1);
    world.tables.put('control', { id: neighbourKey('source', 'crm'), breaker: 'closed' });
    await ticks(15);
    expect(subjects()[1]).toBe('Signalbox test: signalbox-test source crm: breaker/open is over');
  });

  it('keeps its alarm while the table does not answer for its row', async () => {
    await ticks(15, () => open(time.at + MINUTE));
    world.fault = (call, key) => {
      if (JSON.stringify(key).includes(neighbourKey('source', 'crm'))) throw new Error(`${call} is away`);
    };
    await ticks(30);
    expect(subjects()).toHaveLength(1);
  });

  it.each([
    ['open', 'calls wait'],
    ['closed', 'out without a breaker'],
  ] as const)(
    'that a person holds %s is a routine alarm with name and reason, until it is given back',
    async (state, effect) => {
      await forceBreaker('control', CRM[0] as (typeof CRM)[0], {
        state,
        reason: 'they move house',
        by: 'ada',
      });
      await ticks(90);
      expect(subjects()).toEqual(['Signalbox test: signalbox-test source crm: breaker/held']);
      expect(world.mails[0]?.text).toContain(`ada holds its breaker ${state}`);
      expect(world.mails[0]?.text).toContain('they move house');
      expect(world.mails[0]?.text).toContain(effect);
      expect(urgent()).toEqual([]);
      await forceBreaker('control', CRM[0] as (typeof CRM)[0], { state: 'auto', reason: 'done', by: 'ada' });
      world.tables.put('control', { id: neighbourKey('source', 'crm'), breaker: 'closed' });
      await ticks(10);
      expect(subjects()[1]).toBe('Signalbox test: signalbox-test source crm: breaker/held is over');
    },
  );

  it('that opens for a moment is none', async () => {
    open(time.at + 2 * MINUTE);
    await ticks(20);
    expect(subjects()).toEqual([]);
  });
});

describe('a queue', () => {
  const NAME = 'Signalbox-test-demo-actionsqueue0158CA28-x1';
  const waits = (messages: number, name = NAME) => {
    world.queueNames.set(name, `https://sqs/1/${name}`);
    const url = `https://sqs/1/${name}`;
    for (const id of world.resting.bodies(url).keys())
      world.resting.remove({ QueueUrl: url, ReceiptHandle: `handle of message-${id + 1}` });
    for (let message = 0; message < messages; message += 1) world.resting.put(url, '{}');
  };

  it('whose messages are late is an urgent alarm that names it, until it is empty', async () => {
    waits(3);
    await ticks(29);
    expect(urgent()).toEqual([]);
    await ticks(8);
    expect(urgent()[0]).toBe(`operators ALARM: "${NAME}: queue/oldest-message"`);
    const { text = '' } = published.mock.calls[0]?.[1] ?? {};
    expect(text).toContain(OLDEST.actions.carries);
    expect(text).toContain('3 messages wait');
    waits(0);
    await ticks(1);
    expect(urgent().at(-1)).toBe(`pager OK: "${NAME}: queue/oldest-message"`);
    expect(urgent()).toHaveLength(4);
  });

  it('that is never empty is none as long as its messages are young', async () => {
    waits(900);
    age.mockResolvedValue(20);
    await ticks(120);
    expect(urgent()).toEqual([]);
    age.mockResolvedValue(31 * 60);
    await ticks(1);
    expect(urgent()).toHaveLength(2);
  });

  it('counts as late where CloudWatch cannot be asked', async () => {
    waits(1);
    age.mockRejectedValue(new Error('no answer'));
    await ticks(40);
    expect(urgent()).toHaveLength(2);
  });

  it('is looked at each five minutes while nothing waits, and of dead letters never', async () => {
    waits(0);
    waits(7, 'signalbox-test-demo-dead-letters');
    waits(7, 'Signalbox-test-platform-recordunpublishedchanges42E51DD0-x1');
    await ticks(60);
    expect(urgent()).toEqual([]);
    expect(world.calls.filter((it) => it === 'sqs GetQueueAttributesCommand').length).toBeLessThanOrEqual(13);
  });

  it('keeps its alarm while nobody can look', async () => {
    waits(3);
    await ticks(40);
    expect(urgent()).toHaveLength(2);
    world.fault = (call) => {
      if (call === 'sqs ListQueuesCommand') throw new Error('SQS is away');
    };
    waits(0);
    await ticks(5);
    expect(urgent()).toHaveLength(2);
  });
});
