import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OLDEST } from '../../../lambdas/contract/alarms/alarms.ts';
import { oldestIn, publishTo } from '../../../lambdas/kit/signed/notify.ts';
import { sendDigest } from '../../../lambdas/operate/alarms/digest.ts';
import { noteEndedRun } from '../../../lambdas/operate/alarms/runs.ts';
import { watch } from '../../../lambdas/operate/watch/watch.ts';
import { tellAlarm } from '../../../lambdas/tables/alarms/told.ts';
import { readWatch } from '../../../lambdas/tables/alarms/watch.ts';
import { forceBreaker } from '../../../lambdas/tables/control/breakers.ts';
import { neighbourKey, redrivesKey } from '../../../lambdas/tables/keys.ts';
import { ENV as HOUSE, SETTINGS } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/notify.ts', () => ({ publishTo: vi.fn(), oldestIn: vi.fn() }));

const ENV = { ...HOUSE, ALARM_TOPICS: 'operators,pager' };
const MINUTE = 60_000;
const REGISTRY = [{ name: 'demo' }, { name: 'other' }];
const CRM = [{ kind: 'source' as const, name: 'crm' }];
const published = vi.mocked(publishTo);
const age = vi.mocked(oldestIn);

beforeEach(() => {
  world.reset();
  time.freeze();
  published.mockReset().mockResolvedValue();
  age.mockReset().mockResolvedValue(undefined);
});

/** The clock ticks each minute, for so many; between the ticks something may happen. */
async function ticks(minutes: number, happens: () => unknown = () => {}): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    time.at += MINUTE;
    await happens();
    await watch(REGISTRY, CRM, ENV).catch(() => {});
    await sendDigest(SETTINGS, ENV);
  }
}
const tell = (name: Parameters<typeof tellAlarm>[1], automation = 'demo', times = 1) =>
  tellAlarm(ENV.CONTROL_TABLE, name, automation, times);
const subjects = () => world.mails.map(({ subject }) => subject);
const urgent = () => published.mock.calls.map(([topic, { subject }]) => `${topic} ${subject}`);

describe('what functions tell', () => {
  it('is one mail that says whose it is, how often, and what to press, and one when it is over', async () => {
    for (let item = 0; item < 1000; item += 1) await tell('items/parked');
    await ticks(8);
    expect(subjects()).toEqual(['Signalbox test: signalbox-test-demo: items/parked']);
    for (const part of [
      'What: items stand still until a person lets them go on',
      'Why: 1000 times since it began',
      'Press: npm run signalbox -- items --status parked --since 24h',
      'docs/runbook.md#itemsparked',
    ])
      expect(world.mails[0]?.text).toContain(part);
    await ticks(30);
    expect(subjects()[1]).toBe('Signalbox test: signalbox-test-demo: items/parked is over');
    expect(subjects()).toHaveLength(2);
    expect((await readWatch(ENV.CONTROL_TABLE)).standing).toEqual({});
  });

  it('of a second automation is heard while the alarm of the first stands', async () => {
    await ticks(30, () => tell('items/parked'));
    expect(subjects()).toHaveLength(1);
    await tell('items/parked', 'other');
    await ticks(8, () => tell('items/parked'));
    expect(subjects()[1]).toBe('Signalbox test: signalbox-test-other: items/parked');
  });

  it('that is urgent goes to everybody who is to hear of it, at once, and in words that a pager knows', async () => {
    await tell('budget/spent', 'demo', 3);
    await ticks(1);
    expect(urgent()).toEqual([
      'operators ALARM: "signalbox-test-demo: budget/spent"',
      'pager ALARM: "signalbox-test-demo: budget/spent"',
    ]);
    const { text = '', data } = published.mock.calls[0]?.[1] ?? {};
    expect(text).toContain('Press:   npm run signalbox -- items --status suspended --limit 100');
    expect(text).toContain('Runbook: docs/runbook.md, "budget/spent"');
    expect(data).toMatchObject({
      ...{ AlarmName: 'signalbox-test-demo: budget/spent', NewStateValue: 'ALARM' },
      ...{
        NewStateReason: expect.stringMatching(/^3 times/),
        AlarmDescription: expect.stringMatching(/^urgent: /),
      },
    });
    await ticks(20);
    expect(urgent().slice(2)).toEqual([
      'operators OK: "signalbox-test-demo: budget/spent"',
      'pager OK: "signalbox-test-demo: budget/spent"',
    ]);
    expect(world.mails).toEqual([]);
  });

  it('that could not be told is told with the next look, and is not noted as told before', async () => {
    published.mockRejectedValueOnce(new Error('SNS is away'));
    await tell('budget/spent');
    time.at += MINUTE;
    await expect(watch(REGISTRY, CRM, ENV)).rejects.toThrow('SNS is away');
    await ticks(1);
    expect(urgent().filter((it) => it.startsWith('pager'))).toHaveLength(1);
  });

  it('reaches every other topic once, its end too, while one takes nothing', async () => {
    published.mockImplementation(async (topic) => {
      if (topic === 'operators') throw new Error('no such topic');
    });
    await tell('budget/spent');
    await ticks(60);
    expect(urgent().filter((it) => it.startsWith('pager'))).toEqual([
      'pager ALARM: "signalbox-test-demo: budget/spent"',
      'pager OK: "signalbox-test-demo: budget/spent"',
    ]);
    expect((await readWatch(ENV.CONTROL_TABLE)).standing).toEqual({});
  });

  it('reaches the topic that was away once it is back, and nobody twice', async () => {
    let away = true;
    published.mockImplementation(async (topic) => {
      if (away && topic === 'operators') throw new Error('SNS is away');
    });
    await ticks(5, () => tell('budget/spent'));
    away = false;
    published.mockClear();
    await ticks(5, () => tell('budget/spent'));
    expect(urgent()).toEqual(['operators ALARM: "signalbox-test-demo: budget/spent"']);
    away = true;
    published.mockClear();
    await ticks(20);
    away = false;
    await ticks(5);
    expect(urgent().filter((it) => it.startsWith('pager'))).toEqual([
      'pager OK: "signalbox-test-demo: budget/spent"',
    ]);
    expect(urgent().at(-1)).toBe('operators OK: "signalbox-test-demo: budget/spent"');
    expect((await readWatch(ENV.CONTROL_TABLE)).standing).toEqual({});
  });

  it('comes again to whom its end was told, where it comes back before the end was told to all', async () => {
    let away = false;
    published.mockImplementation(async (topic) => {
      if (away && topic === 'operators') throw new Error('SNS is away');
    });
    await tell('budget/spent');
    await ticks(1);
    away = true;
    await ticks(15);
    published.mockClear();
    await tell('budget/spent');
    await ticks(1);
    expect(urgent()).toEqual(['pager ALARM: "signalbox-test-demo: budget/spent"']);
  });

  it('that was noted as told by an earlier version is not told again, and ends for all', async () => {
    await tell('budget/spent');
    await ticks(1);
    const { standing, ...rest } = await readWatch(ENV.CONTROL_TABLE);
    const earlier = Object.fromEntries(
      Object.entries(standing).map(([alarm, { since, at }]) => [alarm, { since, at, told: true }]),
    );
    world.tables.put('control', { id: redrivesKey('watch'), ...rest, standing: earlier });
    published.mockClear();
    await ticks(20);
    expect(urgent()).toEqual([
      'operators OK: "signalbox-test-demo: budget/spent"',
      'pager OK: "signalbox-test-demo: budget/spent"',
    ]);
  });

  it('while the clock stood still is told when it goes on', async () => {
    await ticks(1);
    await tell('items/parked');
    time.at += 3 * 60 * MINUTE;
    await ticks(8);
    expect(subjects()[0]).toContain('signalbox-test-demo: items/parked');
  });

  it('of long ago is no alarm of a clock that begins', async () => {
    await tell('items/parked');
    time.at += 60 * MINUTE;
    await ticks(8);
    expect(subjects()).toEqual([]);
  });

  it('is an alarm only when it lasts, where it has to', async () => {
    await tell('approvals/late');
    await ticks(30);
    expect(subjects()).toEqual([]);
    await ticks(20, () => tell('approvals/late'));
    expect(subjects()).toEqual(['Signalbox test: signalbox-test-demo: approvals/late']);
  });

  it('fails nobody who tells, where the table takes nothing', async () => {
    world.fault = () => {
      throw new Error('no table');
    };
    await expect(tell('items/parked')).resolves.toBeUndefined();
  });

  it('is a run as well that ended without writing down how', async () => {
    const machine = 'arn:aws:states:eu-west-1:1:stateMachine:signalbox-test-demo';
    const ended = { stateMachineArn: machine, executionArn: `${machine}:run-1`, status: 'FAILED' };
    for (let run = 0; run < 50; run += 1) await noteEndedRun(ended, ENV);
    await ticks(8);
    expect(subjects()).toEqual(['Signalbox test: signalbox-test-demo: workflow/failed']);
  });
});

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
