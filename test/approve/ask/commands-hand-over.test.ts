import { beforeEach, describe, expect, it, vi } from 'vitest';
import { markPass, unmarkPass } from '../../../lambdas/approve/decision/pass.ts';
import { personHash } from '../../../lambdas/kit/digest.ts';
import { question, recipients, row } from '../../support/desk.ts';
import { eventsOf, proposal, SETTINGS, stored } from '../../support/fixtures.ts';
import { named, world } from '../../support/world.ts';
import { inSlack } from './commands-slack.ts';
import { ESCALATE, fresh, HAND_OVER, REMIND, run, say } from './commands-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/approve/channels/slack/ask.ts', () => import('./commands-slack.ts'));

beforeEach(fresh);

/** A question that is on its way to somebody, with words. */
function markedWith(passing: Record<string, { by: string; at: string }>, note: string): void {
  const marked = Object.entries(passing).map(([to, mark]) => [to, { ...mark, note }]);
  question(proposal(), { passing: Object.fromEntries(marked) });
}

describe('a question that is handed over', () => {
  it('carries the words of who hands it over, and never those of another', async () => {
    const to = 'eve@example.com';
    const pass = { by: 'ann@example.com', to, note: 'Between us: approve it.' };
    const { row: marked } = await markPass('approvals', SETTINGS, question(proposal()), pass);
    // The queue did not take the command, and Ann was told so.
    await unmarkPass('approvals', marked, to);
    await markPass('approvals', SETTINGS, row(), { ...pass, by: 'bob@example.com', note: '' });

    await run({ ...HAND_OVER, by: 'bob@example.com' });

    expect(row().trail.at(-1)).toMatchObject({ event: 'handed_over', by: 'bob@example.com' });
    expect(row().trail.at(-1)).not.toHaveProperty('comment');
    expect(JSON.stringify(row())).not.toContain('Between us');
  });

  it('asks that one person as well, with what there is to say, once', async () => {
    const passing = { 'eve@example.com': { by: 'ann@example.com', at: '2026-12-01T09:00:00.000Z' } };
    markedWith(passing, 'You know them.');

    await run(HAND_OVER);
    await run(HAND_OVER);
    await run({ ...HAND_OVER, by: 'bob@example.com' });

    expect(recipients()).toEqual(['eve@example.com']);
    expect(row().asked['eve@example.com']).toMatchObject({
      via: 'by ann@example.com, who hands it over',
      note: 'You know them.',
    });
    expect(world.mails[0]?.text).toContain('You are asked by ann@example.com, who hands it over.');
    expect(row().trail.slice(1)).toEqual([
      {
        ...{ at: '2026-12-01T09:00:00.000Z', event: 'handed_over', by: 'ann@example.com' },
        ...{ to: 'eve@example.com', comment: 'You know them.' },
      },
    ]);
    expect(eventsOf()).toEqual(['received', 'handed_over']);
    expect(JSON.stringify(stored().timeline)).not.toContain('You know them');
  });

  it('is on record also where the clock has asked that person in the meantime, who is not mailed twice', async () => {
    const passing = { 'eve@example.com': { by: 'ann@example.com', at: '2026-12-01T08:59:59.000Z' } };
    markedWith(passing, 'You know them.');
    await run(ESCALATE);
    await run(HAND_OVER);
    await run(HAND_OVER);

    expect(recipients().filter((to) => to === 'eve@example.com')).toHaveLength(1);
    expect(row().asked['eve@example.com']).toMatchObject({ group: 'bosses', note: 'You know them.' });
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'escalated', 'handed_over']);
    expect(eventsOf()).toEqual(['received', 'escalated', 'handed_over']);
    expect(row()).not.toHaveProperty('passing');
  });

  it('may be so by an operator, who was not asked', async () => {
    question();

    await run({ ...HAND_OVER, by: 'olga@example.com' });

    expect(recipients()).toEqual(['eve@example.com']);
    expect((await say('olga')).outcome).toBe('stranger');
  });

  it('lets the new one decide, and the others as before', async () => {
    question();
    await run(HAND_OVER);

    expect((await say('eve')).outcome).toBe('decided');
  });

  it('frees the claim of who hands it over, and of nobody else', async () => {
    const claim = { by: 'ann@example.com', until: '2026-12-01T09:10:00.000Z' };
    question(proposal(), { claim });
    await run(HAND_OVER);
    expect(row()).not.toHaveProperty('claim');

    question(proposal(), { claim: { ...claim, by: 'bob@example.com' } });
    await run(HAND_OVER);
    expect(row().claim?.by).toBe('bob@example.com');
  });

  it.each([
    ['by somebody who was not asked', { by: 'mallory@example.com' }, {}],
    ['to somebody who was asked already', { to: 'bob@example.com' }, {}],
    ['to oneself', { to: 'ann@example.com' }, {}],
    ['to who asked for the work', {}, { requester: personHash('Eve@example.com') }],
  ])('goes nowhere %s', async (_name, change, facts) => {
    const asked = question();
    world.tables.put('approvals', { ...row(), facts: { ...asked.facts, ...facts } });
    const before = row();

    await run({ ...HAND_OVER, ...change });

    expect(row()).toEqual(before);
    expect(world.mails).toEqual([]);
  });

  it.each(['decided', 'expired'] as const)('goes nowhere when it is %s', async (status) => {
    question(proposal(), { status });

    await run(HAND_OVER);

    expect(row().version).toBe(1);
    expect(world.mails).toEqual([]);
  });
});

describe('somebody who is asked while others are mailed', () => {
  it('is not forgotten when the mails are noted', async () => {
    question();
    const original = world.ses.bind(world);
    const spy = vi.spyOn(world, 'ses').mockImplementation(async (command, input) => {
      spy.mockRestore();
      await run(HAND_OVER);
      return original(command, input);
    });

    await run(REMIND);

    expect(row().asked).toMatchObject({
      'ann@example.com': { remindedAt: expect.any(String) },
      'eve@example.com': { mailedAt: expect.any(String) },
    });
  });
});

describe('who is asked in Slack as well', () => {
  const bosses = [
    { email: 'eve@example.com', slack: 'UEVE' },
    { email: 'sam@example.com', slack: 'USAM' },
  ];
  const settings = { ...SETTINGS, groups: { ...SETTINGS.groups, bosses } };

  it('has a message there beside the mail, once', async () => {
    question();

    await run(ESCALATE, settings);
    await run(ESCALATE, settings);

    expect(inSlack).toEqual(['UEVE', 'USAM']);
    expect(row().asked['eve@example.com']).toMatchObject({ slack: { channel: 'DUEVE', ts: '1' } });
  });

  it('has none where the mail did not go out: it would be asked there again with the mail', async () => {
    question();
    let sends = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && sends++ === 0) throw named('MessageRejected');
    };

    await run(ESCALATE, settings);

    expect(inSlack).toEqual(['USAM']);
  });

  it('is reminded by mail alone', async () => {
    question(proposal(), { asked: { 'eve@example.com': { group: 'bosses', via: '', mailedAt: 'x' } } });

    await run(REMIND, settings);

    expect(inSlack).toEqual([]);
    expect(recipients()).toEqual(['eve@example.com']);
  });
});
