import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fieldsIn, fieldsOf, question, row, send } from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const why = { comment: 'seen the invoice' };

describe('the form of a decision', () => {
  it('comes too late when the question closes while the form is open', async () => {
    question();
    const fields = await fieldsOf();
    time.advance(2.5 * 3600);

    await send({ ...fields, ...why, decision: 'approve' });

    expect(row().status).toBe('pending');
  });

  it('is in time a millisecond before', async () => {
    question();
    const fields = await fieldsOf();
    time.at = Date.parse('2026-12-01T11:29:59.999Z');

    await send({ ...fields, ...why, decision: 'approve' });

    expect(row().status).toBe('decided');
  });

  it('does not count when the question closes between the look and the write', async () => {
    question();
    const fields = await fieldsOf();
    world.fault = (call) => {
      if (call.includes('GetObject')) time.advance(3 * 3600);
    };

    const { text } = await send({ ...fields, ...why, decision: 'approve' });

    expect(row().status).toBe('pending');
    expect(text).toContain('closed');
  });

  it.each(['approve', 'reject'] as const)('to %s is given a reason where it matters', async (decision) => {
    question();
    const fields = await fieldsOf();

    for (const comment of ['', '   ', '\r\n\t']) {
      const { status, text } = await send({ ...fields, decision, comment });
      expect(status).toBe(400);
      expect(text).toContain('Please give a reason');
    }
    expect(row().version).toBe(1);
  });

  it.each(['approve', 'reject'] as const)('to %s needs no reason where it is routine', async (decision) => {
    question(proposal({ risk: 'routine' }));

    await send({ ...(await fieldsOf()), decision });

    expect(row()).toMatchObject({ decision, comment: '' });
  });

  it('keeps what was typed, and when the page was first read, over a fault', async () => {
    question();
    const fields = await fieldsOf();
    time.advance(60);
    const { text } = await send({ ...fields, decision: 'neither', comment: 'half a thought' });
    time.advance(60);

    expect(text).toContain('half a thought</textarea>');
    await send({ ...fieldsIn(text), ...why, decision: 'approve' });
    expect(row().trail.at(-1)).toMatchObject({ openedAt: '2026-12-01T09:00:00.000Z', activeSeconds: 120 });
  });
});
