import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import { ANN, BOB, fieldsIn, fieldsOf, question, row, send, show, tell } from '../../../support/desk.ts';
import { proposal } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';
import { approve, carry, takeBack } from '../../decision/decide-world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('the page of somebody who has just decided', () => {
  const decided = async (document = tell()): Promise<{ text: string; fields: Record<string, string> }> => {
    question(document);
    const { text } = await send({ ...(await fieldsOf()), decision: 'approve', comment: 'yes' });
    return { text, fields: fieldsIn(text) };
  };

  it('offers the way back where there is one, and says until when', async () => {
    const { text } = await decided();

    expect(text).toContain('value="undo"');
    expect(text).toContain('09:00:10 UTC');
    expect((await decided(proposal())).text).not.toContain('undo');
  });

  it('takes the decision back and shows the question again', async () => {
    const { fields } = await decided();

    const { status, text } = await send({ ...fields, decision: 'undo' });

    expect(status).toBe(200);
    expect(text).toContain('value="approve"');
    expect(row().status).toBe('pending');
  });

  it('shows the open question, not a closed one, when the form is sent twice', async () => {
    const { fields } = await decided();
    await send({ ...fields, decision: 'undo' });

    const { text } = await send({ ...fields, decision: 'undo' });

    expect(text).toContain('value="approve"');
    expect(row().trail.filter(({ event }) => event === 'undone')).toHaveLength(1);
  });

  it('says that there is nothing to take back where nothing was decided', async () => {
    question(tell());

    const { status, text } = await send({ ...(await fieldsOf()), decision: 'undo' });

    expect(status).toBe(400);
    expect(text).toContain('There is no decision of yours to undo: the approval is open.');
    expect(row().version).toBe(1);
    const forged = await send({ ...(await fieldsOf()), nonce: 'x', decision: 'undo' });
    expect(forged.text).toContain('This page was too old');
  });

  it.each([
    ['no nonce', async (fields: Record<string, string>) => ({ ...fields, nonce: '' })],
    ["another's link", async () => ({ ...(await fieldsOf(BOB)), t: BOB })],
    [
      "one's own link with the nonce of another page",
      async (fields: Record<string, string>) => ({
        ...fields,
        nonce: (fields.nonce ?? '').replace(/^\d+/, String(time.at - 5)),
      }),
    ],
  ])('takes nothing back with %s', async (_name, forge) => {
    const { fields } = await decided();

    const { text } = await send({ ...(await forge(fields)), decision: 'undo' });

    expect(row().status).toBe('decided');
    expect(text).toMatch(/already decided by ann@example\.com|value="undo"/);
    expect(text).not.toContain('value="approve"');
  });

  it('is offered again to who loads the page anew, and to nobody else', async () => {
    await decided();

    const again = await show(ANN);
    expect(again.text).toContain('value="undo"');
    expect((await show(BOB)).text).not.toContain('value="undo"');
    await send({ ...fieldsIn(again.text), decision: 'undo' });

    expect(row().status).toBe('pending');
  });

  it('is too late after its time, and says what was decided', async () => {
    const { fields } = await decided();
    time.advance(10);

    const { text } = await send({ ...fields, decision: 'undo' });

    expect(text).toContain('already decided by ann@example.com');
    expect(text).toContain('You cannot undo it, or no longer.');
    expect(row().status).toBe('decided');
    expect((await show(ANN)).text).toContain('already decided');
  });

  it('is too late for who reads a row that is older than the carrying', async () => {
    question(tell());
    await approve();
    const read: ApprovalRow = row();
    time.advance(10);
    await carry();
    time.at -= 5000;

    expect((await takeBack('ann', read)).undone).toBe(false);
    expect(row().status).toBe('decided');
  });
});
