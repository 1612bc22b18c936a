import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import { backAt, writeBehind } from '../../../lambdas/tables/control/backlog.ts';
import { writeLate } from '../../../lambdas/tables/control/lane.ts';
import { automation, door, ID, itemRow, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { work } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/** Messages of the work queue that SQS still holds back, by when they come. */
let due: { at: number; message: WorkMessage }[] = [];

beforeEach(() => {
  world.reset();
  time.freeze();
  due = [];
  world.fault = (call, { DelaySeconds = 0, MessageBody, QueueUrl }) => {
    if (!call.includes('SendMessage') || QueueUrl !== 'work') return;
    due.push({ at: time.at + Number(DelaySeconds) * 1000, message: JSON.parse(String(MessageBody)) });
  };
});

const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();

/** As intake leaves an item that it postpones, now, until then. */
function deferred(seconds: number): void {
  const timeline = ['received', 'deferred'].map((event) => ({ at: iso(), event }));
  const times = { receivedAt: iso(), deferredUntil: iso(seconds) };
  world.tables.put('items', itemRow({ status: 'deferred', ...times, timeline }));
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
}

/** What intake sends. */
const MESSAGE: WorkMessage = { itemId: ID, generation: 1 };

/** Messages come when they are due, until `seconds` have passed. @param busy approvers are behind all the time */
async function letPass(seconds: number, busy: boolean): Promise<void> {
  const end = time.at + seconds * 1000;
  for (;;) {
    due.sort((a, b) => a.at - b.at);
    const [next] = due;
    if (!next || next.at >= end) break;
    time.at = Math.max(time.at, next.at);
    due.shift();
    if (busy) await writeBehind('control', 'demo', iso(-7200));
    await work({ message: next.message });
  }
  time.at = end;
}

describe('an item whose turn is beyond the reach of one message', () => {
  /** Three hours after it came. */
  const far = () => deferred(10_800);

  it('is carried to its turn by its own message, and by no other, also where nothing holds it back any more', async () => {
    far();
    due = [{ at: time.at + 900_000, message: MESSAGE }];
    const turn = time.at + 10_800_000;

    await letPass(10_799, false);
    expect(stored()).toMatchObject({ status: 'deferred', deferredUntil: new Date(turn).toISOString() });
    expect(due).toMatchObject([{ at: turn, message: { ticket: stored().ticket } }]);
    await letPass(3, false);
    expect(stored().verdict).toBe('act');
    expect(due).toEqual([]);
  });

  it('has one message in the end, however often its request came again', async () => {
    far();
    due = [900, 901, 960, 1500].map((seconds) => ({ at: time.at + seconds * 1000, message: MESSAGE }));

    await letPass(5000, true);

    expect(due).toHaveLength(1);
    expect(stored().status).toBe('deferred');
  });

  it('is deferred anew in its turn while work is late, behind those that were before it', async () => {
    const promised = { ...automation, promise: { normalMinutes: 10 } };
    deferred(900);
    time.advance(900);
    await writeLate('control', 'demo', 400);
    const before = await backAt('control', promised);

    await work({ message: MESSAGE, of: promised });

    expect(Date.parse(stored().deferredUntil ?? '')).toBe(before + 10_000 / automation.maxConcurrency);
  });
});
