import { beforeEach, describe, expect, it, vi } from 'vitest';
import { decide } from '../../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import type { ApprovalSettings } from '../../../lambdas/contract/approval-settings.ts';
import { personHash } from '../../../lambdas/kit/digest.ts';
import { person, recipients, tell, tokens } from '../../support/desk.ts';
import { ENV, gated, proposal, QUESTION, SETTINGS, stored } from '../../support/fixtures.ts';
import { answerTo } from '../../support/runs.ts';
import { DECISION_KEY, time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** Ann says so, and the stream carries it. */
async function answer(decision: 'approve' | 'reject' = 'approve', carried = true): Promise<void> {
  const before = approval();
  await decide(
    'approvals',
    before,
    { decision, shown: before.digest, round: 0, comment: '' },
    person('ann'),
    10,
    DECISION_KEY,
  );
  if (carried) await onChange(approval(), before, ENV);
}

describe('the people of a question', () => {
  const by = (requester: string) =>
    gated({ verdict: 'ask' }, proposal({ question: { ...QUESTION, requester: personHash(requester) } }));

  it('are not who asked for the work', async () => {
    by('ann@example.com');

    await put();

    expect(recipients()).toEqual(['bob@example.com']);
    expect(Object.keys(approval().asked)).toEqual(['bob@example.com']);
  });

  it('are those of the second group at once, where the first is only who asked for the work', async () => {
    by('ann@example.com');
    const groups = { leads: [{ email: 'ann@example.com' }], bosses: [{ email: 'eve@example.com' }] };

    await put('token-1', { ...SETTINGS, groups });

    expect(recipients()).toEqual(['eve@example.com']);
    expect(approval().asked).toMatchObject({ 'eve@example.com': { group: 'bosses' } });
  });

  it('are those of both groups at once, where the first has too few for the quorum', async () => {
    const requester = personHash('ann@example.com');
    const terms = { ...QUESTION.terms, quorum: 2 };
    gated({ verdict: 'ask' }, proposal({ question: { ...QUESTION, terms, requester } }));

    await put();

    expect(recipients().sort()).toEqual(['bob@example.com', 'eve@example.com']);
  });

  it('are told why they are asked in place of somebody', async () => {
    gated({ verdict: 'ask' });
    const absence = { delegate: 'eve@example.com', from: '2026-11-01', until: '2026-12-24' };
    world.tables.put('control', { id: `away#${personHash('ann@example.com')}`, ...absence });

    await put();

    expect(recipients()).toEqual(['eve@example.com', 'bob@example.com']);
    expect(world.mails[0]?.text).toContain('You are asked for ann@example.com, who is away.');
    expect(world.mails[1]?.text).not.toContain('You are asked');
  });

  it.each<[string, Partial<ApprovalSettings>, string]>([
    ['the groups are empty', { groups: { leads: [], bosses: [] } }, 'ann@example.com'],
    ['the groups are not there', { groups: {} }, 'ann@example.com'],
    [
      'there is nobody but who asked for the work',
      { groups: { leads: [{ email: 'ann@example.com' }], bosses: [{ email: 'ann@example.com' }] } },
      'ann@example.com',
    ],
  ])(
    'are nobody when %s: the run is told and the item does not wait its time out',
    async (_name, change, requester) => {
      by(requester);

      await put('token-1', { ...SETTINGS, ...change });

      expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
      expect(world.answers[0]?.cause).toContain("'leads' and 'bosses'");
      expect(world.tables.all('approvals')).toEqual([]);
    },
  );
});

describe('a question that is decided', () => {
  it('loses no decision of somebody who answers before the others have their mail', async () => {
    // Prepare: Ann decides the moment her mail is out, and the stream carries it at once; Bob's mail takes
    // its time.
    gated({ verdict: 'ask' });
    const original = world.ses.bind(world);
    const spy = vi.spyOn(world, 'ses').mockImplementation(async (command, input) => {
      await original(command, input);
      if (world.mails.length === 1) await answer();
    });

    // Act
    await put();
    spy.mockRestore();

    // Assess
    expect(world.answers).toEqual([answerTo('token-1', 'approve')]);
    expect(stored().status).toBe('processing');
    expect(approval()).toMatchObject({ status: 'decided', decision: 'approve' });
  });

  it('is not asked again, and a run that asks gets the decision', async () => {
    gated({ verdict: 'ask' });
    await put();
    await answer('reject', false);
    world.mails.length = 0;
    world.tokens = new Set(['token-2']);

    await put('token-2');

    expect(world.mails).toEqual([]);
    expect(world.answers).toEqual([answerTo('token-2', 'reject')]);
    expect(approval().status).toBe('decided');
  });

  it('is not told to a run before it stands: it may still be taken back', async () => {
    gated({ verdict: 'ask' }, tell());
    await put();
    await answer('approve', false);
    world.tokens = new Set(['token-2']);

    await put('token-2');

    expect(world.answers).toEqual([]);
    expect(approval()).toMatchObject({ status: 'decided' });
    expect(tokens()).toEqual(['token-2', 'token-1']);
    expect(approval()).not.toHaveProperty('carriedAt');
  });

  it('is told to a run as expired when it is', async () => {
    gated({ verdict: 'ask' });
    await put();
    world.tables.put('approvals', { ...approval(), status: 'expired' });
    world.tokens = new Set(['token-2']);

    await put('token-2');

    expect(world.answers).toEqual([answerTo('token-2', 'expired')]);
  });
});
