import type { SNSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HELD_MS, LATE_MS, sendDigest } from '../../../lambdas/operate/alarms/digest.ts';
import { noteAlarms } from '../../../lambdas/operate/alarms/note.ts';
import { ENV, SETTINGS } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const MINUTE = 60_000;
const TEXT =
  'routine: items stand still until a person lets them go on. Press: npm run signalbox -- items --status parked --since 24h. Runbook: docs/runbook.md, "items/parked"';

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** As SNS hands over what CloudWatch says. */
function told(alarm: string, more: { state?: string; ago?: number } = {}): SNSEvent {
  const { state = 'ALARM', ago = 0 } = more;
  const at = new Date(time.at - ago).toISOString().replace('Z', '+0000');
  const Message = JSON.stringify({
    ...{ AlarmName: alarm, AlarmDescription: TEXT, NewStateValue: state, StateChangeTime: at },
    NewStateReason:
      'Threshold Crossed: 1 datapoint [7.0 (01/12/26 08:55:00)] was greater than the threshold (1.0).',
  });
  return { Records: [{ Sns: { Message, Subject: 'ALARM', Timestamp: at } }] } as never;
}
const note = (...given: Parameters<typeof told>) => noteAlarms(told(...given), ENV);
const clock = () => sendDigest(SETTINGS, ENV);
const subjects = () => world.mails.map(({ subject }) => subject);

/** The clock ticks each minute, for so many; it may die. */
async function ticks(minutes: number, settings = SETTINGS): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    time.at += MINUTE;
    await sendDigest(settings, ENV).catch(() => {});
  }
}

describe('alarms that can wait', () => {
  it('come as one mail, a hundred of a minute too, and nothing comes after it', async () => {
    const all = Array.from({ length: 100 }, (_, n) => `Signalbox-test-a${n}/work: items/parked`);
    await Promise.all(all.map((alarm) => note(alarm)));
    await ticks(4);
    expect(world.mails).toEqual([]);
    await ticks(60);
    expect(subjects()).toEqual(['Signalbox test: 100 alarms']);
    const { text = '' } = world.mails[0] ?? {};
    expect(text).toContain('50 more');
  });

  it('say what, why, how many, since when, what to press, and where it is written', async () => {
    await note('signalbox-test: items/parked', { ago: 2 * MINUTE });
    await ticks(6);
    expect(world.mails).toMatchObject([
      { to: 'olga@example.com', subject: 'Signalbox test: signalbox-test: items/parked' },
    ]);
    for (const part of [
      'What: items stand still until a person lets them go on',
      'Why: Threshold Crossed: 1 datapoint [7.0',
      `Since: ${new Date(time.at - 8 * MINUTE).toISOString()}`,
      'Press: npm run signalbox -- items --status parked --since 24h',
      'Runbook: docs/runbook.md#itemsparked',
      `${ENV.BASE_URL}/console/operate`,
    ])
      expect(world.mails[0]?.text).toContain(part);
  });

  it('are told once, however often SNS tells of them, also after the mail', async () => {
    const once = told('signalbox-test: items/parked');
    for (let time = 0; time < 5; time += 1) await noteAlarms(once, ENV);
    await ticks(6);
    await noteAlarms(once, ENV);
    await ticks(30);
    expect(subjects()).toEqual(['Signalbox test: signalbox-test: items/parked']);
    expect(world.mails[0]?.text).not.toContain('How often');
  });

  it('say how often one came and went, in whatever order SNS tells it, and what is over', async () => {
    await note('signalbox-test: items/parked', { state: 'OK' });
    await note('signalbox-test: items/parked', { ago: MINUTE });
    await note('signalbox-test: items/parked', { ago: 3 * MINUTE });
    await note('signalbox-test: breaker/open');
    await ticks(6);
    expect(subjects()).toEqual(['Signalbox test: 1 alarm, 1 over']);
    expect(world.mails[0]?.text).toContain('How often: 2 times');
    expect(world.mails[0]?.text).toMatch(/It was about: items stand still.*Over because: Threshold/s);
  });

  it('that come while others go out have a mail of their own', async () => {
    await note('signalbox-test: items/parked');
    await ticks(6);
    await note('signalbox-test: breaker/open');
    await ticks(6);
    expect(subjects()).toHaveLength(2);
    expect(world.mails[1]?.text).not.toContain('items/parked');
  });

  it('wait for a clock that stands still, and go out with the next one', async () => {
    await note('signalbox-test: items/parked');
    time.at += LATE_MS - 1;
    await sendDigest(SETTINGS, ENV, LATE_MS);
    expect(world.mails).toEqual([]);
    time.at += 1;
    await note('signalbox-test: breaker/open');
    await sendDigest(SETTINGS, ENV, LATE_MS);
    expect(subjects()).toEqual(['Signalbox test: 2 alarms']);
    expect(HELD_MS).toBeLessThan(LATE_MS);
  });

  it('are what somebody wrote to their topic by hand, too', async () => {
    const by = { Message: 'null', Subject: 'a test', Timestamp: new Date(time.at).toISOString() };
    await noteAlarms({ Records: [{ Sns: by }] } as never, ENV);
    await ticks(6);
    expect(subjects()).toEqual(['Signalbox test: a test']);
  });
});

describe('who dies', () => {
  it('at any call of the clock loses no alarm, and sends it twice at most', async () => {
    for (let point = 1, after = false; ; after = !after, point += after ? 0 : 1) {
      world.reset();
      await note('signalbox-test: items/parked');
      await note('signalbox-test: breaker/open');
      time.at += HELD_MS;
      world.crashAt(point, after);
      await clock().catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
      const died = world.dead;
      world.revive();
      await ticks(120);
      expect([1, 2], `call ${point}`).toContain(world.mails.length);
      expect(new Set(subjects())).toEqual(new Set(['Signalbox test: 2 alarms']));
      if (!died) break;
    }
  });

  it('again and again does not flood: it is sent later and later', async () => {
    await note('signalbox-test: items/parked');
    let updates = 0;
    // Each mail goes out, and nobody can write that down.
    world.fault = (name) => {
      if (name !== 'dynamodb UpdateCommand' || world.mails.length === 0) return;
      updates += 1;
      if (updates % 2 === 1) throw new Error('the table is throttled');
    };
    await ticks(180);
    expect(world.mails.length).toBeGreaterThan(0);
    expect(world.mails.length).toBeLessThanOrEqual(8);
  });

  it('keeps no operator from the mail whom SES refuses, and sends no second one to the others', async () => {
    const settings = { ...SETTINGS, operators: ['gone@example.com', 'olga@example.com'] };
    await note('signalbox-test: items/parked');
    let refused = 0;
    world.fault = (name, input) => {
      if (!name.startsWith('ses') || !JSON.stringify(input).includes('gone@')) return;
      refused += 1;
      if (refused < 3) throw new Error('the address is on the suppression list');
    };
    await ticks(60, settings);
    expect(world.mails.map(({ to }) => to)).toEqual(['olga@example.com', 'gone@example.com']);
  });
});
