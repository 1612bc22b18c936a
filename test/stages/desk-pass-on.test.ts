import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addressHash } from '../../lambdas/shared/digest.ts';
import { ANN, APPROVAL, BOB, fieldsOf, question, row, send, show, tell } from '../support/desk.ts';
import { proposal, SETTINGS } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const post = async (fields: Record<string, string>, token = ANN) =>
  send({ ...(await fieldsOf(token)), ...fields });

describe('a question that is passed on', () => {
  it('to the second group sends one errand, and decides nothing', async () => {
    question();

    const { status, text } = await post({ decision: 'escalate' });

    expect(status).toBe(200);
    expect(text).toContain('Passed on to bosses');
    expect(world.sent('questions')).toEqual([
      { approvalId: APPROVAL, errand: 'escalate', by: 'ann@example.com' },
    ]);
    expect(row().version).toBe(1);
  });

  it('to a colleague sends one errand, with what is to be said to them', async () => {
    question();

    const { text } = await post({
      decision: 'hand-over',
      to: 'eve@example.com',
      comment: ' You know them. ',
    });

    expect(text).toContain('Passed on to eve@example.com');
    expect(world.sent('questions')).toEqual([
      { approvalId: APPROVAL, errand: 'hand over', by: 'ann@example.com', to: 'eve@example.com' },
    ]);
    expect(row().notes).toEqual({ 'eve@example.com': 'You know them.' });
  });

  // ADR 0005: content never travels.
  it('to a colleague puts no word of a person into a queue', async () => {
    question();

    await post({ decision: 'hand-over', to: 'eve@example.com', comment: 'Her card is 4111 1111.' });

    expect(JSON.stringify(world.sent('questions'))).not.toContain('4111');
  });

  it.each(['', 'mallory@example.com', 'constructor', 'EVE@example.com', 'olga@example.com', 'bosses'])(
    'to %j goes nowhere: they are no approver',
    async (to) => {
      question();

      const { status, text } = await post({ decision: 'hand-over', to });

      expect(status).toBe(400);
      expect(text).toContain('Please choose the colleague');
      expect(world.sent('questions')).toEqual([]);
    },
  );

  it.each([
    ['who asked for the work', 'eve@example.com'],
    ['who was asked already', 'bob@example.com'],
    ['oneself', 'ann@example.com'],
  ])('to %s goes nowhere, and is not said to have gone', async (_name, to) => {
    const { facts } = question();
    world.tables.put('approvals', {
      ...row(),
      facts: { ...facts, requester: addressHash('eve@example.com') },
    });

    const { status, text } = await post({ decision: 'hand-over', to });

    expect(status).toBe(400);
    expect(text).not.toContain('Passed on');
    expect(world.sent('questions')).toEqual([]);
  });

  it('offers the colleagues of both groups, but not oneself nor who asked for the work', async () => {
    const { facts } = question(proposal(), { asked: { 'ann@example.com': { group: 'leads', via: '' } } });
    const requester = addressHash('Eve@example.com');
    world.tables.put('approvals', { ...row(), facts: { ...facts, requester } });

    const { text } = await show();

    expect([...text.matchAll(/<option[^>]*>([^<]+)/g)].map(([, name]) => name)).toEqual(['bob@example.com']);
  });

  it('is not escalated twice by button', async () => {
    question(proposal(), { escalatedAt: '2026-12-01T08:50:00.000Z' });

    expect((await show()).text).not.toContain('value="escalate"');
    const { status, text } = await post({ decision: 'escalate' });
    expect(status).toBe(400);
    expect(text).toContain('asked already');
    expect(world.sent('questions')).toEqual([]);
  });

  it('is not said to be passed on where the queue does not take it', async () => {
    question();
    const fields = await fieldsOf();
    world.fault = (call) => {
      if (call.startsWith('sqs')) throw named('ServiceUnavailable');
    };

    const { status, text } = await send({ ...fields, decision: 'escalate' });

    expect(status).toBe(500);
    expect(text).toContain('Nothing was changed');
  });
});

describe('a question that is sent back', () => {
  it('says what should be different', async () => {
    question(tell());

    expect((await post({ decision: 'again', comment: '  ' })).text).toContain(
      'Please write what should be different.',
    );
    expect(row().version).toBe(1);
    const { text } = await post({ decision: 'again', comment: 'Only half of it.' });

    expect(text).toContain('Sent back:');
    expect(row()).toMatchObject({ status: 'decided', decision: 'again', comment: 'Only half of it.' });
    expect(row()).toHaveProperty('carriedAt');
    expect((await show(BOB)).text).toContain('sent back');
  });

  it.each([
    [1, true],
    [3, true],
    [4, false],
  ])('was so at most three times: in generation %i', async (generation, may) => {
    question(proposal({ generation }), { generation });

    expect((await show()).text.includes('value="again"')).toBe(may);
    const { status } = await post({ decision: 'again', comment: 'Half.' });

    expect(status).toBe(may ? 200 : 400);
    expect(row().status).toBe(may ? 'decided' : 'pending');
  });

  it('needs no typed word, even where it is catastrophic', async () => {
    question(proposal({ risk: 'catastrophic' }));

    await post({ decision: 'again', comment: 'Not this account.' });

    expect(row().decision).toBe('again');
  });
});

describe('a test of attention', () => {
  const vigilance = { vigilance: { why: 'Nobody had asked for a refund.' } };

  it('looks like any other question until it is decided', async () => {
    question(proposal(), vigilance);
    const test = (await show()).text.replaceAll(/value="[^"]*"/g, '');
    question();

    expect((await show()).text.replaceAll(/value="[^"]*"/g, '')).toBe(test);
  });

  it.each([
    ['approve', 'should not have been approved'],
    ['reject', 'Well spotted'],
    ['again', 'Well spotted'],
  ])('tells who says %s what it was', async (decision, title) => {
    question(proposal(), vigilance);

    const { text } = await post({ decision, comment: 'hm' });

    expect(text).toContain(title);
    expect(text).toContain('Nobody had asked for a refund.');
    expect(text).toContain('Nothing was carried out.');
  });
});

describe('the time of a decision', () => {
  it('is shown where it can be taken back, from the settings', async () => {
    question(tell());
    const fields = await fieldsOf();
    const given = { settings: { ...SETTINGS, undoSeconds: 90 } };

    const { text } = await send({ ...fields, decision: 'reject' }, {}, given);

    expect(text).toContain('09:01:30 UTC');
    expect(row().undoUntil).toBe('2026-12-01T09:01:30.000Z');
  });
});
