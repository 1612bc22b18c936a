import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, decide } from '../../../lambdas/approve/decision/decide.ts';
import type { ApprovalRow, Edit } from '../../../lambdas/contract/approval.ts';
import { personHash } from '../../../lambdas/kit/digest.ts';
import { person, question, row, withCat } from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { DECISION_KEY, time, world } from '../../support/world.ts';
import { changeTo, meanwhile } from './decide-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const edit = (field: string, from: unknown, to: unknown): Edit => ({ field, from, to });

/** Says something about the row as it is now, or as it was read. */
async function say(
  name: string,
  answer: Partial<Answer> = {},
  { from = row(), undoSeconds = 10 }: { from?: ApprovalRow; undoSeconds?: number } = {},
) {
  const whole: Answer = {
    decision: 'approve',
    shown: from.digest,
    round: from.round ?? 0,
    comment: 'yes',
    ...answer,
  };
  return decide('approvals', from, whole, person(name), undoSeconds, DECISION_KEY);
}

const row2 = (...emails: string[]) =>
  Object.fromEntries(emails.map((email) => [email, { group: 'leads', via: '', mailedAt: 'x' }]));

/** An edit to a document of this digest, with its place. */
const edited = (digest: string, ...edits: Edit[]) => ({
  edited: { digest, proposalKey: `items/x-${digest}.json`, edits },
});

describe('a quorum', () => {
  it('is of people, and not of addresses that one of them reads', async () => {
    const asked = row2('ann@example.com', 'ann+two@example.com', 'bob@example.com');
    question(proposal(), { quorum: 2, asked });

    expect((await say('ann')).outcome).toBe('voted');
    expect((await say('ann+two')).outcome).toBe('voted');
    expect(row().status).toBe('pending');
    expect((await say('bob')).outcome).toBe('decided');
  });
});

describe('two people at once', () => {
  it('are put in order: the first approval decides, the second click is told so', async () => {
    question();
    const read = row();
    await say('bob', { decision: 'reject', comment: 'no' }, { from: read });

    const { row: after, outcome } = await say('ann', {}, { from: read });

    expect(outcome).toBe('closed');
    expect(after).toMatchObject({ decision: 'reject', decidedBy: 'bob@example.com', comment: 'no' });
    expect(row().trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
  });

  it('both count where two must agree, though both read a question without votes', async () => {
    question(proposal(), { quorum: 2 });
    const read = row();

    const first = await say('ann', {}, { from: read });
    const second = await say('bob', {}, { from: read });

    expect([first.outcome, second.outcome]).toEqual(['voted', 'decided']);
    expect(Object.keys(row().votes)).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it.each([
    ['it expired', { status: 'expired' as const }, 'closed'],
    ['its document was changed', { digest: 'd'.repeat(64) }, 'changed'],
    [
      'somebody claimed it',
      { claim: { by: 'bob@example.com', until: '2026-12-01T09:01:00.000Z' } },
      'claimed',
    ],
  ])(
    'do not decide what they did not see: between reading and writing %s',
    async (_name, fields, outcome) => {
      question();
      const read = row();
      meanwhile(() => changeTo(fields));

      expect((await say('ann', {}, { from: read })).outcome).toBe(outcome);
      expect(row()).not.toHaveProperty('decision');
    },
  );
});

describe('a quorum of two of three', () => {
  beforeEach(() => void question(proposal(), withCat({ quorum: 2 })));

  it('is reached by the second person, and by nobody twice', async () => {
    expect((await say('ann')).outcome).toBe('voted');
    expect((await say('ann')).outcome).toBe('voted');
    expect(row()).toMatchObject({ status: 'pending', phase: 'open' });
    expect(row()).not.toHaveProperty('decision');
    time.advance(60);

    const { outcome } = await say('cat', { comment: 'me too' });

    expect(outcome).toBe('decided');
    expect(row()).toMatchObject({
      ...{ status: 'decided', decision: 'approve', decidedBy: 'cat@example.com', comment: 'me too' },
      votes: {
        'ann@example.com': { at: '2026-12-01T09:00:00.000Z', digest: row().digest },
        'cat@example.com': { at: '2026-12-01T09:01:00.000Z', digest: row().digest },
      },
    });
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'approved', 'approved', 'decided']);
  });

  it.each(['reject', 'again'] as const)('is not needed to %s: one person decides that', async (decision) => {
    await say('ann');

    expect((await say('bob', { decision })).outcome).toBe('decided');
    expect(row()).toMatchObject({ decision, decidedBy: 'bob@example.com' });
  });

  it('takes a rejection of somebody who had approved', async () => {
    await say('ann');

    expect((await say('ann', { decision: 'reject' })).outcome).toBe('decided');
    expect(row().decision).toBe('reject');
  });

  it('counts approvals alone: who rejects has not voted for anything', async () => {
    await say('ann');
    await say('bob', { decision: 'reject' });

    expect(Object.keys(row().votes)).toEqual(['ann@example.com']);
  });

  it('begins anew with an edit: earlier votes were for another document', async () => {
    const asked = row().digest;
    await say('ann');

    const { outcome } = await say('bob', edited('e1', edit('amount', '24.90', '20.00')));

    expect(outcome).toBe('voted');
    expect(row()).toMatchObject({
      ...{ digest: 'e1', askedDigest: asked, proposalKey: 'items/x-e1.json' },
      edits: [edit('amount', '24.90', '20.00')],
    });
    expect(Object.keys(row().votes)).toEqual(['bob@example.com']);
    expect((await say('cat', { shown: asked })).outcome).toBe('changed');
    expect((await say('ann')).outcome).toBe('decided');
  });

  it('is not reached by one person who edits again and again', async () => {
    for (const [at, digest] of ['e1', 'e2', 'e3'].entries()) {
      const { outcome } = await say('ann', edited(digest, edit('amount', at, at + 1)));
      expect(outcome).toBe('voted');
    }
    expect(Object.keys(row().votes)).toEqual(['ann@example.com']);
  });

  it('says what the document changes in the asked one, not in the last edit', async () => {
    await say('ann', edited('e1', edit('amount', '24.90', '20.00'), edit('note', 'a', 'b')));
    await say('bob', edited('e2', edit('amount', '20.00', '15.00')));

    await say('cat');

    const all = [edit('amount', '24.90', '15.00'), edit('note', 'a', 'b')];
    expect(row().edits).toEqual(all);
    expect(
      row()
        .trail.slice(1)
        .map(({ digest }) => digest),
    ).toEqual(['e1', 'e2', 'e2', 'e2']);
    const [, first, second, third, last] = row().trail;
    expect(first?.edits).toEqual([edit('amount', '24.90', '20.00'), edit('note', 'a', 'b')]);
    expect(second?.edits).toEqual([edit('amount', '20.00', '15.00')]);
    expect(third).not.toHaveProperty('edits');
    expect(last).toMatchObject({ event: 'decided', edits: all });
  });

  it('knows of no edits where the last one brought everything back', async () => {
    await say('ann', edited('e1', edit('amount', '24.90', '20.00')));
    await say('bob', edited('e2', edit('amount', '20.00', '24.90')));

    expect(row()).not.toHaveProperty('edits');
    await say('cat');
    expect(row().trail.at(-1)).not.toHaveProperty('edits');
  });
});

describe('who may say what', () => {
  const mine = (requester: string) => {
    const { facts } = question();
    world.tables.put('approvals', { ...row(), facts: { ...facts, requester: personHash(requester) } });
  };

  it.each(['approve', 'again'] as const)('who asked for the work does not %s it', async (decision) => {
    mine(' Ann@Example.COM ');

    expect((await say('ann', { decision })).outcome).toBe('own');
    expect(row().version).toBe(1);
    expect((await say('bob', { decision })).outcome).toBe('decided');
  });

  it('who asked for the work may reject it', async () => {
    mine('ann@example.com');

    expect((await say('ann', { decision: 'reject' })).outcome).toBe('decided');
  });

  it.each(['approve', 'reject', 'again'] as const)('a stranger does not %s it', async (decision) => {
    question();

    expect((await say('mallory', { decision })).outcome).toBe('stranger');
    expect(row().version).toBe(1);
  });

  it.each([
    ['is closed', { status: 'expired' as const }],
    ['is decided', { status: 'decided' as const, decision: 'reject' as const }],
    [
      'is over its time',
      { times: { remindAt: '', promiseAt: '', escalateAt: '', closesAt: '2026-12-01T09:00:00.000Z' } },
    ],
  ])('nobody decides what %s', async (_name, fields) => {
    question(proposal(), fields);
    const before = row();

    expect((await say('ann')).outcome).toBe('closed');
    expect(row()).toEqual(before);
  });

  it('nobody decides while another is working on it, until that ends', async () => {
    question(proposal(), { claim: { by: 'bob@example.com', until: '2026-12-01T09:05:00.000Z' } });

    for (const decision of ['approve', 'reject', 'again'] as const)
      expect((await say('ann', { decision })).outcome).toBe('claimed');
    expect(row().version).toBe(1);
    time.advance(300);
    expect((await say('ann')).outcome).toBe('decided');
  });

  it('whoever claimed it decides, and holds it no more', async () => {
    question(
      proposal(),
      withCat({ quorum: 2, claim: { by: 'ann@example.com', until: '2026-12-01T09:05:00.000Z' } }),
    );

    expect((await say('ann')).outcome).toBe('voted');
    expect(row()).not.toHaveProperty('claim');
    expect((await say('bob')).outcome).toBe('decided');

    const claim = { by: 'ann@example.com', until: '2026-12-01T09:05:00.000Z' };
    question(proposal(), { claim });
    await say('ann');
    expect(row()).not.toHaveProperty('claim');
  });

  it('nobody decides about a document that they were not shown', async () => {
    question();

    for (const decision of ['approve', 'reject', 'again'] as const)
      expect((await say('ann', { decision, shown: 'other' })).outcome).toBe('changed');
    expect(row().version).toBe(1);
  });
});
