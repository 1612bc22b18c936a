import { beforeEach, describe, expect, it, vi } from 'vitest';
import { claim, release } from '../../../lambdas/approve/decision/claim.ts';
import { ANN, BOB, fieldsOf, person, question, row, send, show } from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const take = (name: string, from = row()) => claim('approvals', from, person(name), 15);

describe('a claim', () => {
  it('is of one person, for a while', async () => {
    question();

    expect((await take('ann')).mine).toBe(true);
    expect((await take('bob')).mine).toBe(false);
    expect(row().claim).toEqual({ by: 'ann@example.com', until: '2026-12-01T09:15:00.000Z' });
    expect(row().trail.at(-1)).toMatchObject({ event: 'claimed', by: 'ann@example.com' });
  });

  it('ends by itself', async () => {
    question();
    await take('ann');
    time.advance(15 * 60 - 1);
    expect((await take('bob')).mine).toBe(false);
    time.advance(1);

    expect((await take('bob')).mine).toBe(true);
    expect(row().claim?.by).toBe('bob@example.com');
  });

  it('is prolonged by who holds it', async () => {
    question();
    await take('ann');
    time.advance(600);

    expect((await take('ann')).mine).toBe(true);
    expect(row().claim?.until).toBe('2026-12-01T09:25:00.000Z');
  });

  it('goes to one of two who read a free question', async () => {
    question();
    const read = row();

    const both = [await take('ann', read), await take('bob', read)];

    expect(both.map(({ mine }) => mine)).toEqual([true, false]);
    expect(both[1]?.row.claim?.by).toBe('ann@example.com');
  });

  it.each([
    ['decided', { status: 'decided' as const }],
    ['expired', { status: 'expired' as const }],
  ])('is none of a question that is %s', async (_name, fields) => {
    question(proposal(), fields);

    expect((await take('ann')).mine).toBe(false);
    expect(row().version).toBe(1);
  });

  it('is none of somebody who was not asked: they could keep all the others off', async () => {
    question();

    expect((await take('olga')).mine).toBe(false);
    expect(row()).not.toHaveProperty('claim');
  });

  it('is given back by who holds it, and by nobody else', async () => {
    question();
    await take('ann');

    await release('approvals', row(), person('bob'));
    expect(row().claim?.by).toBe('ann@example.com');
    await release('approvals', row(), person('ann'));

    expect(row()).not.toHaveProperty('claim');
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'claimed', 'released']);
    const before = row();
    await release('approvals', row(), person('ann'));
    expect(row()).toEqual(before);
  });
});

describe('on the page, a claim', () => {
  it('is made and given back, and each time the question is shown as it stands', async () => {
    question();

    const claimed = await send({ ...(await fieldsOf()), decision: 'claim' });
    expect(claimed.status).toBe(200);
    expect(claimed.text).toContain('You are working on it</b> until');
    expect(claimed.text).toContain('value="release"');
    expect(row().claim?.by).toBe('ann@example.com');
    const released = await send({ ...(await fieldsOf()), decision: 'release' });

    expect(released.text).toContain('value="claim"');
    expect(row()).not.toHaveProperty('claim');
  });

  it('that is nobody’s, or somebody else’s, is not given back without a word', async () => {
    question();
    const free = await send({ ...(await fieldsOf()), decision: 'release' });
    await take('bob');
    const theirs = await send({ ...(await fieldsOf()), decision: 'release' });

    for (const { status, text } of [free, theirs]) {
      expect(status).toBe(400);
      expect(text).toContain('there was nothing to release');
    }
    expect(row().claim?.by).toBe('bob@example.com');
  });

  it('keeps others from claiming and from deciding, and names who holds it until when', async () => {
    question();
    await take('ann');

    for (const decision of ['claim', 'approve', 'reject']) {
      const { status, text } = await send({ ...(await fieldsOf(BOB)), decision, comment: 'mine' });
      expect(status).toBe(400);
      expect(text).toContain('role="alert">ann@example.com is working on it until 2026-12-01 09:15 UTC.');
    }
    expect(row()).toMatchObject({ status: 'pending', claim: { by: 'ann@example.com' } });
  });

  it('is shown to the others as it stands when they lose the race for it', async () => {
    question();
    const fields = await fieldsOf(BOB);
    let raced = false;
    world.fault = (call) => {
      if (!call.includes('UpdateCommand') || raced) return;
      raced = true;
      const claimed = { by: 'ann@example.com', until: '2026-12-01T09:15:00.000Z' };
      world.tables.put('approvals', { ...row(), version: 2, claim: claimed });
    };

    const { text } = await send({ ...fields, decision: 'claim' });

    expect(text).toContain('ann@example.com is working on it');
    expect(row().claim?.by).toBe('ann@example.com');
  });

  it('of a question that is decided meanwhile shows the decision', async () => {
    question();
    const fields = await fieldsOf();
    world.fault = (call) => {
      if (!call.includes('UpdateCommand')) return;
      world.fault = undefined;
      const decided = { status: 'decided', decision: 'reject', decidedBy: 'bob@example.com' };
      world.tables.put('approvals', {
        ...row(),
        version: 2,
        ...decided,
        decidedAt: '2026-12-01T09:00:00.000Z',
      });
    };

    expect((await send({ ...fields, decision: 'claim' })).text).toContain(
      'already decided by bob@example.com',
    );
  });

  it('of somebody who is not among the asked any more is that of a stranger', async () => {
    question();
    const fields = await fieldsOf();
    world.tables.put('approvals', { ...row(), asked: {} });

    const { status, text } = await send({ ...fields, decision: 'claim' });

    expect(status).toBe(404);
    expect(text).not.toContain('undefined');
    expect((await show(ANN)).status).toBe(404);
  });
});
