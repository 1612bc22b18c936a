import { beforeEach, describe, expect, it, vi } from 'vitest';
import { digest } from '../../../lambdas/kit/digest.ts';
import { ownerOf, question, recipients, row, tell, tokenIn } from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import { ESCALATE, fresh, HAND_OVER, REMIND, run, trail } from './commands-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/approve/channels/slack/ask.ts', () => import('./commands-slack.ts'));

beforeEach(fresh);

describe('a command', () => {
  // At least once: two deliveries at the same moment both find nobody mailed.
  it('that comes twice at the same moment mails nobody twice', async () => {
    question();

    await Promise.all([run(REMIND), run(REMIND)]);

    expect(recipients()).toHaveLength(2);
  });

  it.each([
    ['a reminder', REMIND, ['ann@example.com', 'bob@example.com'], 'reminded'],
    ['an escalation', ESCALATE, ['eve@example.com'], 'escalated'],
    ['a hand-over', HAND_OVER, ['eve@example.com'], 'handed_over'],
  ])('is done to its end, wherever the worker dies: %s', async (_name, message, people, event) => {
    question();
    await run(message);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        question();
        world.crashAt(point, after);
        await expect(run(message)).rejects.toBeInstanceOf(Crash);
        world.revive();
        // The message comes again when its visibility ends; who was being written to then is free again.
        time.advance(180);
        await run(message);

        const where = `call ${point}, after: ${after}`;
        expect([...new Set(recipients())].sort(), where).toEqual(people);
        expect(trail(), where).toEqual(['asked', event]);
        for (const { to, text } of world.mails) expect(ownerOf(tokenIn(text)), where).toBe(to);
        const mails = world.mails.length;
        await run(message);
        expect(world.mails.length, where).toBe(mails);
      }
    }
  });

  it('shows the document as it stands, also when an approver has changed it', async () => {
    const document = tell({ summary: 'Tell them twice' });
    question();
    world.content.set('bucket/items/edited.json', JSON.stringify(document));
    world.tables.put('approvals', {
      ...row(),
      ...{ proposalKey: 'items/edited.json', digest: digest(document) },
    });

    await run(ESCALATE);

    expect(world.mails[0]?.text).toContain('Tell them twice');
  });

  it('to mail a question mails who has no mail yet, and nobody twice', async () => {
    question(proposal(), {
      asked: {
        'ann@example.com': { group: 'leads', via: '', mailedAt: '2026-12-01T08:30:00.000Z' },
        'bob@example.com': { group: 'leads', via: '' },
      },
    });

    await run({ command: 'deliver' });
    await run({ command: 'deliver' });

    expect(recipients()).toEqual(['bob@example.com']);
    expect(world.mails[0]?.subject).toMatch(/^Approval needed/);
  });
});
