import { beforeEach, describe, expect, it, vi } from 'vitest';
import { later } from '../../../lambdas/approve/ask/later.ts';
import { MailBusy, takeSlots } from '../../../lambdas/approve/channels/mail/pace.ts';
import { sendLink } from '../../../lambdas/approve/channels/mail/sign-in.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { TransientError } from '../../../lambdas/kit/errors.ts';
import { recipients } from '../../support/desk.ts';
import { ENV, gated, ID, SETTINGS } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  gated({ verdict: 'ask' });
});

/** SES takes so many mails, then says this. */
function refuseAfter(taken: number, name: string, message: string) {
  world.fault = (call) => {
    if (call.includes('SendEmail') && world.mails.length >= taken)
      throw Object.assign(named(name), { message });
  };
}

const failure = () => put().catch((error: unknown) => error as MailBusy);

describe('a mail service that takes no more', () => {
  it.each([
    ['TooManyRequestsException', 'Maximum sending rate exceeded.', 60, 120],
    ['ThrottlingException', 'Rate exceeded', 60, 120],
    ['ThrottlingException', 'Daily message quota exceeded.', 900, 900],
    ['LimitExceededException', 'the sending quota of the account', 900, 900],
  ])(
    '%s (%s) is waited for, and the message does not come nearer to the dead letters',
    async (name, words, least, most) => {
      refuseAfter(1, name, words);

      const error = await failure();

      expect(error).toBeInstanceOf(MailBusy);
      expect(error).toBeInstanceOf(TransientError);
      const body = JSON.stringify({ itemId: ID, generation: 1, taskToken: 'token-1' });
      await later(error, body, ENV.APPROVALS_QUEUE_URL);
      expect(world.sent(ENV.APPROVALS_QUEUE_URL)).toEqual([JSON.parse(body)]);
      expect(world.delays.at(-1)?.seconds).toBeGreaterThanOrEqual(least);
      expect(world.delays.at(-1)?.seconds).toBeLessThanOrEqual(most);
    },
  );

  it('is asked no more in that try, and later only for those who have no mail yet', async () => {
    refuseAfter(1, 'TooManyRequestsException', 'Maximum sending rate exceeded.');
    await failure();
    expect(recipients()).toEqual(['ann@example.com']);
    expect(approval().status).toBe('pending');

    world.fault = undefined;
    await put();

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('is told apart from one that is down: that is counted, and ends among the dead letters', async () => {
    refuseAfter(0, 'ServiceUnavailable', 'down');
    const error = await failure();
    await expect(later(error, '{}', ENV.APPROVALS_QUEUE_URL)).rejects.toBe(error);
  });
});

describe('the line of mails', () => {
  it('goes half as fast as SES takes them, for two workers, and ends where a function would run out of time', async () => {
    // Far from what other tests took.
    time.advance(3_600_000);
    const start = clock.now();
    expect(takeSlots(2, 1)).toEqual([start, start + 2000]);
    expect(takeSlots(2, 1)).toEqual([start + 4000, start + 6000]);
    expect(takeSlots(9, 1)).toHaveLength(4);
    expect(() => takeSlots(1, 1)).toThrow(MailBusy);
    // A link to sign in stands in the same line.
    const command = { command: 'sign in' as const, email: 'ann@example.com', next: '/console' };
    const link = sendLink({ env: ENV, settings: { ...SETTINGS, mailPerSecond: 1 } }, command);
    await expect(link).rejects.toThrow(MailBusy);
    expect(world.mails).toEqual([]);
    expect(takeSlots(3, Number.POSITIVE_INFINITY)).toHaveLength(3);
  });
});
