import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../../lambdas/approve/ask/ask.ts';
import { addressHash } from '../../../lambdas/kit/digest.ts';
import {
  ANN,
  APPROVAL,
  BOB,
  ownerOf,
  question,
  recipients,
  row,
  tokenIn,
  withCat,
} from '../../support/desk.ts';
import { ENV, eventsOf, proposal, SETTINGS, stored } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { ESCALATE, fresh, REMIND, run, say, trail } from './commands-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/approve/channels/slack/ask.ts', () => import('./commands-slack.ts'));

beforeEach(fresh);

describe('a reminder', () => {
  it('goes to everybody who was asked, once, with a link of their own that is good', async () => {
    question();

    await run(REMIND);
    await run(REMIND);

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
    for (const { to, text, subject } of world.mails) {
      expect(ownerOf(tokenIn(text))).toBe(to);
      expect(subject).toMatch(/^Reminder: approval needed: demo/);
      expect(text).toContain('demo still waits for a decision.');
    }
    expect([ownerOf(ANN), ownerOf(BOB)]).toEqual(['ann@example.com', 'bob@example.com']);
    expect(row()).toMatchObject({
      remindedAt: '2026-12-01T09:00:00.000Z',
      phaseAt: `2026-12-01T09:30:00.000Z#${APPROVAL}`,
    });
    expect(trail()).toEqual(['asked', 'reminded']);
  });

  it('does not go to who has voted', async () => {
    question(proposal(), withCat({ quorum: 2 }));
    await say('bob');

    await run(REMIND);

    expect(recipients()).toEqual(['ann@example.com', 'cat@example.com']);
  });

  it.each([
    ['decided', { status: 'decided' as const }],
    ['expired', { status: 'expired' as const }],
    ['escalated', { escalatedAt: '2026-12-01T08:50:00.000Z' }],
    ['reminded', { remindedAt: '2026-12-01T08:50:00.000Z' }],
  ])('is not sent about a question that is %s', async (_name, fields) => {
    question(proposal(), fields);

    await run(REMIND);

    expect(world.mails).toEqual([]);
    expect(row().version).toBe(1);
  });

  it('is not sent about a question whose time is over, nor about one that is not there', async () => {
    question();
    time.advance(9000);
    await run(REMIND);
    await ask({ approvalId: 'item-none-g1', command: 'remind' }, { env: ENV, settings: SETTINGS });

    expect(world.mails).toEqual([]);
  });

  it('is over when an address is refused: that one is not tried each minute', async () => {
    question();
    let sends = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && sends++ === 0) throw named('MessageRejected');
    };

    await run(REMIND);
    await run(REMIND);

    expect(recipients()).toEqual(['bob@example.com']);
    expect(row()).toHaveProperty('remindedAt');
  });

  it('is no fault of the desk where nobody could be mailed before either', async () => {
    question(proposal(), { asked: { 'ann@example.com': { group: 'leads', via: '' } } });
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('MessageRejected');
    };

    await expect(run(REMIND)).resolves.toBeUndefined();
    expect(row()).toHaveProperty('remindedAt');
  });

  it('comes again for the others when the mail service falters', async () => {
    question();
    let sends = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && ++sends === 2) throw named('ThrottlingException');
    };
    await expect(run(REMIND)).rejects.toThrow('Throttling');
    expect(row()).not.toHaveProperty('remindedAt');

    await run(REMIND);

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
    expect(trail()).toEqual(['asked', 'reminded']);
  });

  it('is not noted where the question was decided while it was sent', async () => {
    question();
    const original = world.ses.bind(world);
    const spy = vi.spyOn(world, 'ses').mockImplementation(async (command, input) => {
      await original(command, input);
      if (world.mails.length === 1) await say('ann', 'reject');
    });

    await run(REMIND);
    spy.mockRestore();

    expect(row()).toMatchObject({ status: 'decided', phase: 'closed#2026-12' });
    expect(row().phaseAt).toBe(`2026-12-01T09:00:00.000Z#${APPROVAL}`);
    expect(trail()).not.toContain('reminded');
  });
});

describe('an escalation', () => {
  it('asks the second group as well, once, and keeps the first links good', async () => {
    question();

    await run(ESCALATE);
    await run({ ...ESCALATE, by: 'ann@example.com' });

    expect(recipients()).toEqual(['eve@example.com']);
    expect(row()).toMatchObject({
      escalatedAt: '2026-12-01T09:00:00.000Z',
      phaseAt: `2026-12-01T11:30:00.000Z#${APPROVAL}`,
      asked: { 'eve@example.com': { group: 'bosses', mailedAt: '2026-12-01T09:00:00.000Z' } },
    });
    expect([ownerOf(ANN), ownerOf(BOB)]).toEqual(['ann@example.com', 'bob@example.com']);
    expect(row().trail.at(-1)).toMatchObject({ event: 'escalated', by: 'the timekeeper', to: 'bosses' });
    expect(trail()).toEqual(['asked', 'escalated']);
    expect(eventsOf()).toEqual(['received', 'escalated']);
    expect(stored().timeline.at(-1)).toMatchObject({ group: 'bosses', approvalId: APPROVAL });
    expect(world.mails[0]?.text).not.toContain('are asked as well');
  });

  it('makes nobody forget what they had: who is in both groups gets no second mail', async () => {
    question();
    const bosses = [{ email: 'ann@example.com' }, { email: 'eve@example.com' }];

    await run(ESCALATE, { ...SETTINGS, groups: { ...SETTINGS.groups, bosses } });

    expect(recipients()).toEqual(['eve@example.com']);
    expect(row().asked['ann@example.com']).toMatchObject({ group: 'leads', mailedAt: expect.any(String) });
  });

  it('does not ask who asked for the work', async () => {
    const { facts } = question();
    const requester = addressHash('eve@example.com');
    world.tables.put('approvals', { ...row(), facts: { ...facts, requester } });

    await run(ESCALATE);

    expect(world.mails).toEqual([]);
    expect(Object.keys(row().asked)).toEqual(['ann@example.com', 'bob@example.com']);
    expect(row()).toHaveProperty('escalatedAt');
  });

  it('tries once more whom an earlier mail did not reach', async () => {
    question(proposal(), {
      asked: {
        'ann@example.com': { group: 'leads', via: '', mailedAt: '2026-12-01T08:30:00.000Z' },
        'bob@example.com': { group: 'leads', via: '' },
      },
    });

    await run(ESCALATE);

    expect(recipients().sort()).toEqual(['bob@example.com', 'eve@example.com']);
  });

  it.each([
    ['decided', { status: 'decided' as const }],
    ['expired', { status: 'expired' as const }],
    [
      'over its time',
      { times: { remindAt: '', promiseAt: '', escalateAt: '', closesAt: '2026-12-01T09:00:00.000Z' } },
    ],
  ])('is none of a question that is %s', async (_name, fields) => {
    question(proposal(), fields);

    await run(ESCALATE);

    expect(world.mails).toEqual([]);
    expect(row().version).toBe(1);
    expect(eventsOf()).toEqual(['received']);
  });

  it('writes nothing into the item of another generation, and nothing about a test of attention', async () => {
    question();
    world.tables.put('items', { ...stored(), generation: 2 });
    await run(ESCALATE);
    expect(eventsOf()).toEqual(['received']);

    question(proposal(), { attentionCheck: { why: 'x' } });
    await run(ESCALATE);
    expect(eventsOf()).toEqual(['received']);
  });
});
