import { beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  openPage,
  type Question,
  REFUND,
  reaches,
  TICKET,
  words,
} from '../support/app.ts';
import { approval, audit, eventually } from '../support/desk-clock.ts';
import { buttons, type Click, click, slackMessage } from '../support/slack.ts';

/*
 * The same question in Slack: the same code decides, and what comes from there is believed only with Slack's
 * signature.
 */

const REASON = { comment: 'seen the photo' };
const message = async ({ approvalId }: Question, name: string) =>
  slackMessage(await approval(approvalId), `${name}@example.com`);

describe('a question in Slack', () => {
  let question: Question;
  beforeAll(async () => {
    question = await ask('refund-request', fresh(REFUND.large));
  });

  it('comes to everybody who is asked, with words of the item in no notification', async () => {
    for (const [name, member] of [
      ['anna', 'UANNA'],
      ['ben', 'UBEN'],
    ] as const) {
      const asked = await message(question, name);
      expect(asked.user).toBe(member);
      expect(asked.text).toBe('Approval needed: refund-request (consequential)');
      expect(buttons(asked)).toEqual(expect.arrayContaining(['approve', 'reject', 'read']));
      expect(JSON.stringify(asked.blocks)).toContain('Refund USD 240.00');
    }
  });

  it.each<[string, Partial<Click>]>([
    ['that is signed with another secret', { signedWith: 'A'.repeat(43) }],
    ['that is signed with nothing', { signedWith: '' }],
    ['that was changed after it was signed', { forge: (body) => body.replace('reject', 'approve') }],
    ['that was recorded six minutes ago', { secondsAgo: 360 }],
    ['that comes from the future', { secondsAgo: -360 }],
  ])('is not answered by a click %s', async (_name, how) => {
    const before = await approval(question.approvalId);
    const answer = await click(await message(question, 'anna'), { action: 'reject', ...REASON, ...how });
    expect(answer).toEqual({ status: 401, told: '' });
    expect(await approval(question.approvalId)).toEqual(before);
  });

  it.each<[string, Partial<Click>, RegExp]>([
    ['of nobody we know', { member: 'UMALLORY' }, /You are not an approver here/],
    ['of an approver who was not asked', { member: 'UCARLA' }, /You are not among those who were asked/],
    ['without the reason that it needs', { comment: '  ' }, /Please write a reason/],
  ])('is not answered by a click %s, who is told so', async (_name, how, told) => {
    const before = await approval(question.approvalId);
    const answer = await click(await message(question, 'anna'), { action: 'approve', ...REASON, ...how });
    expect(answer).toEqual({ status: 200, told: expect.stringMatching(told) });
    expect(await approval(question.approvalId)).toEqual(before);
  });

  it('is decided by a click with reason and signature, once, and every message says so', async () => {
    const { id, approvalId } = question;
    const [annas, bens] = [await message(question, 'anna'), await message(question, 'ben')];
    const first = await click(annas, { action: 'approve', ...REASON });
    expect(first).toEqual({ status: 200, told: expect.stringContaining('Recorded: approved.') });
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({ decision: 'approve', decidedBy: 'anna@example.com' });
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);

    for (const name of ['anna', 'ben']) {
      const after = await eventually(
        () => message(question, name),
        ({ updatedAt }) => updatedAt !== null,
      );
      expect(buttons(after)).toEqual([]);
      expect(JSON.stringify(after.blocks)).toContain('Decided by anna@example.com');
    }
    // Clicks on copies of the messages as they were.
    for (const [old, action] of [
      [annas, 'approve'],
      [bens, 'reject'],
    ] as const) {
      const late = await click(old, { action, ...REASON });
      expect(late.told).toMatch(/Already decided by anna@example\.com at .*: approved\./);
    }
    expect(words((await openPage(question.of('ben'))).page)).toContain('already decided by anna@example.com');
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);
    const entries = await eventually(
      () => audit(approvalId),
      (seen) => seen.some(({ event }) => event === 'decided'),
    );
    expect(entries.filter(({ event }) => event === 'decided')).toMatchObject([
      {
        ...{ by: 'anna@example.com', channel: 'slack', authenticatedBy: 'slack signature' },
        ...{ decision: 'approve', comment: 'seen the photo' },
      },
    ]);
  });
});

describe('other questions in Slack', () => {
  it('need no reason where nothing is at stake', async () => {
    const question = await ask('support-triage', TICKET);
    const asked = await message(question, 'support-lead');
    const answer = await click(asked, { action: 'reject' });
    expect(answer.told).toContain('Recorded: rejected.');
    await reaches(question.id, 'rejected');
    expect(await callsFor('help-desk', question.id)).toEqual([]);
  });

  it('are not approved there by who asked for the work', async () => {
    const body = { ...fresh(REFUND.large), requestedBy: 'anna@example.com' };
    const question = await ask('refund-request', body);
    const bens = await message(question, 'ben');
    expect((await click(bens, { action: 'approve', member: 'UANNA', ...REASON })).told).toMatch(
      /nothing was done/,
    );
    expect((await approval(question.approvalId)).status).toBe('pending');
  });

  it('count a vote of two', async () => {
    const question = await ask('refund-request', fresh(REFUND.board));
    const first = await click(await message(question, 'anna'), { action: 'approve', ...REASON });
    expect(first.told).toContain('Your approval counts: 1 of 2.');
    const second = await click(await message(question, 'ben'), { action: 'approve', ...REASON });
    expect(second.told).toContain('Recorded: approved.');
    await reaches(question.id, 'done');
    expect(await callsFor('refund-ledger', question.id)).toHaveLength(1);
  });
});
