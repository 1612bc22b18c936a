import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  inbox,
  openPage,
  questionOf,
  REFUND,
  reaches,
  say,
  story,
  submit,
  TICKET,
  words,
} from '../support/app.ts';
import { approval, audit, clockRuns, eventually, pass, timekeeper } from '../support/desk-clock.ts';

/* What one person can do with a question, from the page to the destination and into the record. */

describe('an approver who changes the proposal', () => {
  it('approves less: the destination gets that, and the record says so', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const answer = await say(of('anna'), 'approve', { amount: '180', comment: 'a used lamp' });
    expect(words(answer.page)).toContain('Approved: Refund USD 180.00');
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({
      ...{ decision: 'approve with edits', decidedBy: 'anna@example.com' },
      edits: [{ field: 'amount', from: '240.00', to: '180.00' }],
    });
    expect(item.timeline.find(({ event }) => event === 'decided')).toMatchObject({ edited: ['amount'] });
    const calls = await callsFor('refund-ledger', id);
    expect(calls).toMatchObject([{ body: { action: 'refund', amount: '180.00', currency: 'USD' } }]);
    const row = await approval(approvalId);
    expect(row.digest).not.toBe(row.askedDigest);
    expect(words((await openPage(of('ben'))).page)).toContain('approved with edits');
  });

  it('beyond what the rules grant, sees what the policy says, and has it counted the second time', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.partial));
    const first = await openPage(of('ben'));
    expect(words(first.page)).toContain('Refund USD 400.00');
    const more = { decision: 'approve', amount: '450.00', comment: 'a regular' };
    const second = await submit(of('ben'), { ...first.fields, ...more });
    expect(words(second.page)).toMatch(/amount: 400\.00 becomes 450\.00.*the rules grant less: 80 %/);
    expect((await approval(approvalId)).status).toBe('pending');
    const third = await submit(of('ben'), { ...second.fields, ...more });
    expect(words(third.page)).toContain('Approved: Refund USD 450.00');
    await reaches(id, 'done');
    expect(await callsFor('refund-ledger', id)).toMatchObject([{ body: { amount: '450.00' } }]);
  });

  it.each([
    ['reject', {}, 'Rejected'],
    ['approve', { amount: '300.00' }, 'Approved: Refund USD 300.00'],
    ['approve', { amount: '470.00' }, 'The policy objects to your changes'],
    ['claim', {}, 'You are working on it'],
    ['hand-over', { to: 'manager@example.com' }, 'Handed over to manager@example.com'],
  ])('can still %s after the second look: %o', async (decision, more, said) => {
    const { of } = await ask('refund-request', fresh(REFUND.partial));
    const comment = 'once more';
    const second = await say(of('ben'), 'approve', { amount: '450.00', comment });
    const third = await submit(of('ben'), { ...second.fields, amount: '450.00', comment, decision, ...more });
    expect(words(third.page)).toContain(said);
  });

  it.each(['0', '-5', '240.01', '1e9', 'all of it', ''])(
    'to %o is told the limits, and nothing is done',
    async (amount) => {
      const { approvalId, of } = await one();
      const { status, page } = await say(of('anna'), 'approve', { amount, comment: 'why not' });
      expect(status).toBe(400);
      expect(words(page)).toContain('Amount must be from 0.01 to 240.00');
      expect((await approval(approvalId)).status).toBe('pending');
    },
  );

  it('without a reason is asked for one, and what was typed is kept', async () => {
    const { of } = await one();
    const { status, page } = await say(of('anna'), 'approve', { amount: '99.00', comment: ' ' });
    expect(status).toBe(400);
    expect(page).toContain('Please give a reason');
    expect(page).toContain('value="99.00"');
  });

  const one = remembered(() => ask('refund-request', fresh(REFUND.large)));
});

describe('an approver who sends it back', () => {
  it('gets a new question, thought about with what they wrote', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    expect(words((await say(of('anna'), 'again')).page)).toContain('Please write what should be different');
    const comment = 'The lamp still works: offer 120.00 and no more.';
    const answer = await say(of('anna'), 'again', { comment });
    expect(words(answer.page)).toContain('Sent back');

    const row = await eventually(
      () => story(id),
      (item) => item.generation === 2 && item.status === 'waiting_approval',
    );
    // The sandbox model follows an amount that a reviewer names: it cannot have it from anywhere else.
    expect(row.proposal?.parameters).toMatchObject({ amount: '120.00' });
    expect(row.reasons).toContain('an approver sent an earlier proposal back');
    for (const name of ['anna', 'ben']) {
      const old = words((await openPage(of(name))).page);
      expect(old).toMatch(/already decided by anna@example\.com at .* UTC ?: sent back/);
    }
    const second = await questionOf(id, 2);
    expect(second.of('ben')).not.toBe(of('ben'));
    const shown = await openPage(second.of('ben'));
    expect(words(shown.page)).toContain('Refund USD 120.00');
    // The form of the first question decides nothing about the second.
    const mixed = await submit(second.of('ben'), {
      ...(await openPage(of('ben'))).fields,
      decision: 'approve',
    });
    expect(mixed.status).toBe(400);
    await submit(second.of('ben'), { ...shown.fields, decision: 'approve', comment: 'fair' });
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({ decision: 'approve', decidedBy: 'ben@example.com' });
    expect(await callsFor('refund-ledger', id)).toMatchObject([{ body: { amount: '120.00' } }]);
    expect((await approval(approvalId)).decision).toBe('again');
  });
});

describe('a decision that can be taken back', () => {
  it('is carried out only after the window, and once, however often it was taken back', async () => {
    const { id, approvalId, of } = await ask('support-triage', TICKET);
    const url = of('support-lead');
    for (const decision of ['approve', 'reject']) {
      const thanks = await say(url, decision);
      expect(words(thanks.page)).toContain('Undo my decision');
      expect((await approval(approvalId)).carriedAt).toBeUndefined();
      const undone = await submit(url, { ...thanks.fields, decision: 'undo' });
      expect(words(undone.page)).toContain('needs your decision');
      // A second click of an impatient finger finds it open, and is told so.
      const twice = await submit(url, { ...thanks.fields, decision: 'undo' });
      expect(words(twice.page)).toContain('needs your decision');
      expect(words(twice.page)).toContain('undid the decision at');
    }
    expect(await approval(approvalId)).toMatchObject({ status: 'pending', votes: {} });
    expect((await story(id)).status).toBe('waiting_approval');

    const thanks = await say(url, 'approve', { team: 'Sales' });
    expect(await callsFor('help-desk', id)).toEqual([]);
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({ decision: 'approve with edits' });
    const calls = await callsFor('help-desk', id);
    expect(calls).toMatchObject([{ body: { action: 'assign', team: 'Sales' }, duplicate: false }]);
    const late = await submit(url, { ...thanks.fields, decision: 'undo' });
    expect(words(late.page)).toContain('already decided by support-lead@example.com');
    expect(await callsFor('help-desk', id)).toHaveLength(1);
    const { undoUntil = '', carriedAt = '' } = await approval(approvalId);
    expect(carriedAt >= undoUntil).toBe(true);
  });
});

describe('the record of one question', () => {
  beforeAll(() => clockRuns(false));
  afterAll(() => clockRuns(true));

  it('has everything that was done about it, once, in order, with who and how', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.partial));
    await pass(approvalId, 'remindAt');
    await timekeeper();
    await eventually(
      () => approval(approvalId),
      (row) => row.remindedAt !== undefined,
    );
    await say(of('anna'), 'claim');
    await say(of('anna'), 'release');
    await say(of('ben'), 'hand-over', { to: 'manager@example.com', comment: 'you know this shop' });
    await eventually(
      () => inbox(),
      (mails) => mails.some(({ to, text }) => to === 'manager@example.com' && text.includes(approvalId)),
    );
    await say(of('anna'), 'escalate');
    await eventually(
      () => approval(approvalId),
      (row) => row.escalatedAt !== undefined,
    );
    const { of: more } = await questionOf(id);
    await say(more('manager'), 'approve', { amount: '150.00', comment: 'half is fair', active: '86400' });
    await reaches(id, 'done');

    const row = await approval(approvalId);
    const entries = await eventually(
      () => audit(approvalId),
      (seen) => seen.length >= row.trail.length,
    );
    expect(entries.map(({ event }) => event)).toEqual(
      'asked reminded claimed released handed_over escalated approved decided'.split(' '),
    );
    // Each entry is what the trail says, and who reads it alone learns what the question was.
    expect(entries).toMatchObject(row.trail);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        ...{ approvalId, itemId: id, generation: 1, automation: 'refund-request' },
        ...{
          action: 'refund',
          label: 'cancelled',
          risk: 'consequential',
          reversible: false,
          confidence: null,
        },
        ...{
          askedDigest: row.askedDigest,
          askedAt: row.createdAt,
          promptVersions: ['route.v1', 'diagnose.v1'],
        },
        ...{ models: ['signalbox-sandbox'], sources: ['R6', 'order', 'the complaint'] },
        policyVersion: expect.stringMatching(/^[0-9a-f]{12}/),
        reasons: ['the amount is at or above 100.00'],
        summary: expect.stringContaining('Refund USD 400.00'),
      });
    }
    const person = { channel: 'mail', authenticatedBy: 'mailed link', openedAt: expect.any(String) };
    expect(entries[2]).toMatchObject({ by: 'anna@example.com', ...person });
    expect(entries[4]).toMatchObject({
      by: 'ben@example.com',
      to: 'manager@example.com',
      comment: 'you know this shop',
    });
    const edits = [{ field: 'amount', from: '400.00', to: '150.00' }];
    expect(entries[7]).toMatchObject({
      ...{ by: 'manager@example.com', decision: 'approve', comment: 'half is fair', edits, ...person },
      digest: row.digest,
      activeSeconds: expect.any(Number),
    });
    // A page cannot have been looked at for longer than it was there, whatever it says.
    expect(entries[7]?.activeSeconds).toBeLessThan(600);
  });
});

/** The same for every test that leaves it as it was. */
function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
