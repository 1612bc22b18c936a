import { beforeEach, describe, expect, it, vi } from 'vitest';
import { gated, stored } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a new question', () => {
  it('waits for the mails of another delivery, and sends those of a dead one when its claims are over', async () => {
    gated({ verdict: 'ask' });
    await put();
    const point = world.calls.findIndex((call) => call.startsWith('ses')) + 1;
    world.reset();
    gated({ verdict: 'ask' });
    world.crashAt(point, false);
    await expect(put()).rejects.toBeInstanceOf(Crash);
    world.revive();

    await expect(put()).rejects.toThrow('another delivery is mailing');
    expect([stored().status, world.mails]).toEqual(['processing', []]);
    time.advance(46);
    await put();

    expect([stored().status, world.mails.length]).toEqual(['waiting_approval', 2]);
  });

  it('writes its approval twice: with the claims of its mails, and when they are out', async () => {
    gated({ verdict: 'ask' });
    const writes: string[] = [];
    world.fault = (call, { TableName }) => {
      if (TableName === 'approvals' && !call.includes('Get')) writes.push(call);
    };

    await put();

    expect(writes).toEqual(['dynamodb PutCommand', 'dynamodb UpdateCommand']);
    expect(Object.values(approval().asked).some(({ sendingUntil }) => sendingUntil)).toBe(false);
  });
});
