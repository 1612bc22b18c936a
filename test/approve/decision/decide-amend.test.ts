import { beforeEach, describe, expect, it, vi } from 'vitest';
import { amend, entry } from '../../../lambdas/approve/decision/amend.ts';
import { readApproval } from '../../../lambdas/tables/approvals/approvals.ts';
import { APPROVAL, question, row } from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { changeTo, meanwhile } from './decide-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a change of a question', () => {
  it('is made anew from what stands there when somebody was faster', async () => {
    question();
    const read = row();
    meanwhile(() => changeTo({ comment: 'of somebody else' }));

    const { row: after, changed } = await amend('approvals', read, (now) => ({
      set: { decidedBy: `after ${now.comment}` },
      trail: [entry('claimed')],
    }));

    expect(changed).toBe(true);
    expect(after).toMatchObject({ decidedBy: 'after of somebody else', version: 3 });
    expect(row()).toEqual(after);
  });

  it('is not made when there is nothing left to change, and gives the row that says so', async () => {
    question();
    const read = row();
    meanwhile(() => changeTo({ status: 'expired' }));

    const { row: after, changed } = await amend('approvals', read, (now) =>
      now.status === 'pending' ? { set: { status: 'decided' }, trail: [] } : undefined,
    );

    expect(changed).toBe(false);
    expect(after.status).toBe('expired');
    expect(row().version).toBe(2);
  });

  it('gives up after many rounds, in a way that is tried again', async () => {
    question();
    const read = row();
    meanwhile(() => changeTo({}), Number.POSITIVE_INFINITY);

    const change = amend('approvals', read, () => ({ set: {}, trail: [] }));

    await expect(change).rejects.toMatchObject({ name: 'TransientError' });
    expect(world.calls.filter((call) => call.includes('UpdateCommand'))).toHaveLength(24);
  });

  it('gets its turn in the last round', async () => {
    question();
    meanwhile(() => changeTo({}), 23);

    await amend('approvals', row(), () => ({ set: { comment: 'mine' }, trail: [] }));

    expect(row().comment).toBe('mine');
  });

  it('is made by each of many who come at once: nobody holds a decision up', async () => {
    question();
    const read = row();
    const many = Array.from({ length: 40 }, () =>
      amend('approvals', read, ({ comment = '' }) => ({ set: { comment: `${comment}.` }, trail: [] })),
    );

    expect((await Promise.all(many)).every(({ changed }) => changed)).toBe(true);
    expect(row().comment).toBe('.'.repeat(40));
  });

  it('is none of a question that is gone meanwhile', async () => {
    question();
    const read = row();
    meanwhile(() => world.tables.rows('approvals').delete(APPROVAL));

    const { changed } = await amend('approvals', read, () => ({ set: { comment: 'x' }, trail: [] }));

    expect(changed).toBe(false);
    expect(world.tables.all('approvals')).toEqual([]);
  });

  it('removes what it sets to nothing, and adds to the trail', async () => {
    question(proposal(), { comment: 'old', claim: { by: 'x', until: 'y' } });

    await amend('approvals', row(), () => ({
      set: { comment: undefined, claim: undefined, decidedBy: 'ann' },
      trail: [entry('claimed'), entry('released')],
    }));

    expect(row()).not.toHaveProperty('comment');
    expect(row()).not.toHaveProperty('claim');
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'claimed', 'released']);
  });

  it('does not hide a fault of the table', async () => {
    question();
    world.fault = () => {
      throw named('ThrottlingException');
    };

    await expect(amend('approvals', row(), () => ({ set: {}, trail: [] }))).rejects.toThrow('Throttling');
  });

  it('reads what was written last, not what was there a moment ago', async () => {
    question();
    world.fault = (_call, input) => expect(input).toMatchObject({ ConsistentRead: true });

    expect(await readApproval('approvals', APPROVAL)).toMatchObject({ id: APPROVAL });
  });

  it('is of a question alone: no name that is empty or too long is looked for', async () => {
    for (const id of ['', 'x'.repeat(201)]) expect(await readApproval('approvals', id)).toBeUndefined();
    expect(world.calls).toEqual([]);
  });
});
