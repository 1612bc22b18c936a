import { beforeEach, describe, expect, it, vi } from 'vitest';
import { personHash } from '../../../../lambdas/kit/digest.ts';
import { ANN, APPROVAL, BOB, fieldsOf, question, row, send, show, tell } from '../../../support/desk.ts';
import { proposal, SETTINGS } from '../../../support/fixtures.ts';
import { named, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const post = async (fields: Record<string, string>, token = ANN) =>
  send({ ...(await fieldsOf(token)), ...fields });

describe('a question that is passed on', () => {
  it('to the second group sends one command, and decides nothing', async () => {
    const asked = question();

    const { status, text } = await post({ decision: 'escalate' });

    expect(status).toBe(200);
    expect(text).toContain('Handed over to bosses');
    expect(world.sent('questions')).toEqual([
      { approvalId: APPROVAL, command: 'escalate', by: 'ann@example.com' },
    ]);
    expect(row()).toEqual({
      ...asked,
      ...{ version: 2, passing: { bosses: { by: 'ann@example.com', at: '2026-12-01T09:00:00.000Z' } } },
    });
  });

  it('to a colleague sends one command, with what is to be said to them', async () => {
    question();

    const { text } = await post({
      decision: 'hand-over',
      to: 'eve@example.com',
      comment: ' You know them. ',
    });

    expect(text).toContain('Handed over to eve@example.com');
    expect(world.sent('questions')).toEqual([
      { approvalId: APPROVAL, command: 'hand over', by: 'ann@example.com', to: 'eve@example.com' },
    ]);
    expect(row().passing?.['eve@example.com']).toMatchObject({
      by: 'ann@example.com',
      note: 'You know them.',
    });
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
      expect(text).toContain('Please choose a colleague');
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
      facts: { ...facts, requester: personHash('eve@example.com') },
    });

    const { status, text } = await post({ decision: 'hand-over', to });

    expect(status).toBe(400);
    expect(text).not.toContain('Handed over');
    expect(world.sent('questions')).toEqual([]);
  });

  it('offers the colleagues of both groups, but not oneself nor who asked for the work', async () => {
    const { facts } = question(proposal(), { asked: { 'ann@example.com': { group: 'leads', via: '' } } });
    const requester = personHash('Eve@example.com');
    world.tables.put('approvals', { ...row(), facts: { ...facts, requester } });

    const { text } = await show();

    expect([...text.matchAll(/<option[^>]*>([^<]+)/g)].map(([, name]) => name)).toEqual(['bob@example.com']);
  });

  it('is not escalated twice by button', async () => {
    question(proposal(), { escalatedAt: '2026-12-01T08:50:00.000Z' });

    expect((await show()).text).not.toContain('value="escalate"');
    const { status, text } = await post({ decision: 'escalate' });
    expect(status).toBe(400);
    expect(text).toContain('already asked');
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
    world.fault = undefined;
    expect((await send({ ...fields, decision: 'escalate' })).text).toContain('Handed over to bosses');
  });
});

describe('a question that is on its way to somebody', () => {
  const EVE = { decision: 'hand-over', to: 'eve@example.com' };

  it.each([
    ['with all of the second group', { decision: 'escalate' }, EVE, 'with all of bosses, by ann@example.com'],
    ['by somebody else', EVE, EVE, 'is already being asked, by ann@example.com'],
    [
      'with the second group',
      { decision: 'escalate' },
      { decision: 'escalate' },
      'bosses is already being asked',
    ],
  ])('is not said to be passed on once more %s', async (_name, first, second, words) => {
    question();
    const bob = await fieldsOf(BOB);
    await post(first);

    const { status, text } = await send({ ...bob, ...second, comment: 'You know them.' });

    expect(status).toBe(400);
    expect(text).toContain(words);
    expect(text).toContain('You know them.</textarea>');
    expect(world.sent('questions')).toHaveLength(1);
  });

  it('goes once when two pass it on in the same moment', async () => {
    question();
    const forms = [await fieldsOf(ANN), await fieldsOf(BOB)];

    const answers = await Promise.all(forms.map((fields) => send({ ...fields, ...EVE })));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(world.sent('questions')).toHaveLength(1);
  });

  it('says so on the page, and offers that way no more', async () => {
    question();
    await post(EVE);
    await post({ decision: 'escalate' });

    const { text } = await show(BOB);

    expect(text).toContain('eve@example.com: being asked now, by ann@example.com.');
    expect(text).toContain('bosses: being asked now, by ann@example.com.');
    expect(text).not.toContain('<option>eve@example.com');
    expect(text).not.toContain('value="escalate"');
  });

  it('may be passed on again when the command was lost', async () => {
    question();
    await post(EVE);
    time.advance(5 * 60);

    expect((await post(EVE)).text).toContain('Handed over to eve@example.com');
  });

  it('is not passed on when it is decided meanwhile', async () => {
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

    const { text } = await send({ ...fields, ...EVE });

    expect(text).toContain('already decided by bob@example.com');
    expect(world.sent('questions')).toEqual([]);
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
  const attentionCheck = { attentionCheck: { why: 'Nobody had asked for a refund.' } };

  it('looks like any other question until it is decided', async () => {
    question(proposal(), attentionCheck);
    const test = (await show()).text.replaceAll(/value="[^"]*"/g, '');
    question();

    expect((await show()).text.replaceAll(/value="[^"]*"/g, '')).toBe(test);
  });

  it.each([
    ['approve', 'should not have been approved'],
    ['reject', 'Well spotted'],
    ['again', 'Well spotted'],
  ])('tells who says %s what it was', async (decision, title) => {
    question(proposal(), attentionCheck);

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
