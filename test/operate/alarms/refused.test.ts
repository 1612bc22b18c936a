import type { SNSEvent } from 'aws-lambda';
import { beforeEach, expect, it, vi } from 'vitest';
import { sendDigest } from '../../../lambdas/operate/alarms/digest.ts';
import { noteAlarms } from '../../../lambdas/operate/alarms/note.ts';
import { ENV, SETTINGS } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
const MINUTE = 60_000;
beforeEach(() => {
  world.reset();
  time.freeze();
});
const TEXT =
  'routine: items stand still until a person lets them go on. Press: npm run signalbox -- items --status parked --since 24h. Runbook: docs/runbook.md, "items/parked"';
function told(alarm: string, state = 'ALARM', at = time.at): SNSEvent {
  const StateChangeTime = new Date(at).toISOString().replace('Z', '+0000');
  const Message = JSON.stringify({
    ...{ AlarmName: alarm, AlarmDescription: TEXT, NewStateValue: state, StateChangeTime },
    NewStateReason:
      'Threshold Crossed: 1 datapoint [7.0 (01/12/26 08:55:00)] was greater than or equal to the threshold (1.0).',
  });
  return { Records: [{ Sns: { Message, Subject: 'ALARM', Timestamp: StateChangeTime } }] } as never;
}
async function ticks(minutes: number, settings = SETTINGS): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    time.at += MINUTE;
    await sendDigest(settings, ENV).catch(() => {});
  }
}

it('an address that SES always refuses keeps no later alarm from the others', async () => {
  const settings = { ...SETTINGS, operators: ['gone@example.com', 'olga@example.com'] };
  world.fault = (name, input) => {
    if (name.startsWith('ses') && JSON.stringify(input).includes('gone@'))
      throw new Error('MessageRejected: Email address is not verified');
  };
  await noteAlarms(told('signalbox-test: items/parked'), ENV);
  await ticks(60, settings);
  await noteAlarms(told('signalbox-test: breaker/open'), ENV);
  await ticks(24 * 60, settings);
  expect(world.mails.filter(({ to }) => to === 'olga@example.com')).toHaveLength(2);
});

it('the row does not outgrow 400 kB in such a time', async () => {
  const settings = { ...SETTINGS, operators: ['gone@example.com'] };
  world.fault = (name) => {
    if (name.startsWith('ses')) throw new Error('AccountSendingPausedException');
  };
  // Twenty alarms flap every ten minutes for six hours.
  for (let round = 0; round < 36; round += 1) {
    for (let n = 0; n < 20; n += 1)
      await noteAlarms(
        told(`Signalbox-test-automation-${n}/work: function/errors`, round % 2 ? 'OK' : 'ALARM'),
        ENV,
      );
    await ticks(10, settings);
  }
  const size = Math.max(...world.tables.all('control').map((row) => JSON.stringify(row).length));
  expect(size).toBeLessThan(400 * 1024);
});

it('a change is told once, also where SNS tells it again after the digest of another', async () => {
  const once = told('signalbox-test: items/parked');
  await noteAlarms(once, ENV);
  await ticks(6);
  await noteAlarms(told('signalbox-test: items/parked', 'OK'), ENV);
  await ticks(6);
  await noteAlarms(once, ENV);
  await ticks(6);
  expect(world.mails.map(({ subject }) => subject)).toHaveLength(2);
});
