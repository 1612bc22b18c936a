import { beforeEach, describe, expect, it, vi } from 'vitest';
import { noteEndedRun } from '../../../lambdas/operate/alarms/runs.ts';
import { watch } from '../../../lambdas/operate/watch/watch.ts';
import { tellAlarm } from '../../../lambdas/tables/alarms/told.ts';
import { readWatch } from '../../../lambdas/tables/alarms/watch.ts';
import { redrivesKey } from '../../../lambdas/tables/keys.ts';
import { time, world } from '../../support/world.ts';
import { CRM, ENV, freshWatch, MINUTE, published, REGISTRY, subjects, ticks, urgent } from './watch-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/notify.ts', () => ({ publishTo: vi.fn(), oldestIn: vi.fn() }));

beforeEach(freshWatch);

const tell = (name: Parameters<typeof tellAlarm>[1], automation = 'demo', times = 1) =>
  tellAlarm(ENV.CONTROL_TABLE, name, automation, times);

describe('what functions tell', () => {
  it('is one mail that says whose it is, how often, and what to press, and one when it is over', async () => {
    for (let item = 0; item < 1000; item += 1) await tell('items/parked');
    await ticks(8);
    expect(subjects()).toEqual(['Signalbox test: signalbox-test-demo: items/parked']);
    for (const part of [
      'What: items were parked: those of a neighbour that was down go on by themselves',
      'Why: noticed 1000 times since it began',
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
        NewStateReason: expect.stringMatching(/^noticed 3 times/),
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
