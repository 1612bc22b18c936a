import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  mailsAbout,
  openPage,
  post,
  questionOf,
  REFUND,
  reaches,
  say,
  story,
  submit,
  words,
} from '../support/app.ts';
import { account, approval, audit, clockRuns, eventually, pass, timekeeper } from '../support/desk-clock.ts';

/* What time does to a question. The clock itself stands: each test says when it looks. */

const REASON = { comment: 'seen the photo' };

beforeAll(async () => {
  // It has looked by itself before: the tests of this file do not depend on calling it.
  await eventually(swept, (lines) => lines > 0, 90);
  await clockRuns(false);
});
afterAll(() => clockRuns(true));

/** How often the clock has looked by itself, and with success. */
async function swept(): Promise<number> {
  const logs = Object.entries(await account.logs());
  const own = logs
    .filter(([group]) => group.includes('approvalsapprovetimekeeper'))
    .flatMap(([, lines]) => lines);
  return own.filter((line) => line.includes('"swept"')).length;
}

const recipients = async (about: string, subject: RegExp) =>
  (await mailsAbout(about))
    .filter((mail) => subject.test(mail.subject))
    .map(({ to }) => to)
    .sort();

describe('a question that nobody answers', () => {
  it('is put to the next group, then closed: nothing is done, and who comes later is told', async () => {
    const { id, approvalId, links, of } = await ask('refund-request', fresh(REFUND.large));
    expect(links['manager@example.com']).toBeUndefined();
    const open = await openPage(of('anna'));
    expect(words(open.page)).toMatch(/If nobody decides by .* UTC ?, refund-managers will be asked as well/);

    await pass(approvalId, 'remindAt', 'promiseAt', 'escalateAt');
    await timekeeper();
    await eventually(
      () => approval(approvalId),
      (row) => row.asked['manager@example.com']?.mailedAt !== undefined,
    );
    await timekeeper();
    const { of: now } = await questionOf(id);
    expect(words((await openPage(now('manager'))).page)).toContain('refund-managers were asked as well.');
    // It was their turn: nobody is reminded of what others are asked by now.
    expect(await recipients(approvalId, /^Reminder/)).toEqual([]);
    expect((await story(id)).timeline.at(-1)).toMatchObject({ event: 'escalated', group: 'refund-managers' });

    await pass(approvalId, 'closesAt');
    await timekeeper();
    const item = await reaches(id, 'expired');
    expect(item.approval).toMatchObject({ status: 'expired' });
    expect(item.action).toBeUndefined();
    const late = [
      await submit(of('anna'), { ...open.fields, decision: 'approve', ...REASON }),
      await openPage(now('manager')),
    ];
    for (const { status, page } of late) {
      expect(status).toBe(200);
      expect(words(page)).toContain('Nobody decided in time, so nothing was done.');
    }
    await timekeeper();
    const entries = await eventually(
      () => audit(approvalId),
      (seen) => seen.some(({ event }) => event === 'expired'),
    );
    expect(entries.map(({ event }) => event)).toEqual(['asked', 'escalated', 'expired']);
    expect(entries[1]).toMatchObject({ by: 'the timekeeper', to: 'refund-managers' });
    expect(await callsFor('refund-ledger', id)).toEqual([]);
    expect(await recipients(approvalId, /./)).toEqual([
      'anna@example.com',
      'ben@example.com',
      'manager@example.com',
    ]);
  });

  it('is answered by the next group as well as by the first', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    await say(of('ben'), 'escalate');
    await eventually(
      () => recipients(approvalId, /./),
      (to) => to.includes('manager@example.com'),
    );
    const { of: now } = await questionOf(id);
    await say(now('manager'), 'approve', REASON);
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({
      decidedBy: 'manager@example.com',
      escalatedAt: expect.any(String),
    });
    expect(words((await openPage(of('ben'))).page)).toContain('already decided by manager@example.com');
  });
});

describe('a reminder', () => {
  it('comes once, with a link of its own beside the first, and not to who has voted', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.board));
    await timekeeper();
    expect(await recipients(approvalId, /^Reminder/)).toEqual([]);
    await say(of('anna'), 'approve', REASON);
    await pass(approvalId, 'remindAt');
    await timekeeper();
    await eventually(
      () => approval(approvalId),
      (row) => row.remindedAt !== undefined,
    );
    await timekeeper();
    await timekeeper();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await recipients(approvalId, /^Reminder/)).toEqual(['ben@example.com', 'carla@example.com']);
    expect((await approval(approvalId)).trail.filter(({ event }) => event === 'reminded')).toHaveLength(1);
    const [reminder] = (await mailsAbout(approvalId)).filter(({ subject }) => subject.startsWith('Reminder'));
    const newer = /https?:\/\/\S+\/approvals\/\S+/.exec(reminder?.text ?? '')?.[0] ?? '';
    expect([of('ben'), of('carla')]).not.toContain(newer);
    await say(of('carla'), 'approve', REASON);
    await reaches(id, 'done');
    expect(words((await openPage(newer)).page)).toContain('already decided by carla@example.com');
  });
});

describe('people who cannot keep up', () => {
  const low = { 'signalbox-priority': 'low' };
  const work = (headers: Record<string, string>) => post('refund-request', fresh(REFUND.small), headers);

  it('hold back low-priority work, and nothing else, until they have', async () => {
    await timekeeper();
    expect((await work(low)).status).toBe(202);
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    await pass(approvalId, 'promiseAt');
    await timekeeper();

    const held = await work(low);
    expect(held.status).toBe(202);
    const told = held.body as unknown as { status: string; deferredUntil: string; id: string };
    expect(told.status).toBe('deferred');
    expect(Date.parse(told.deferredUntil)).toBeGreaterThan(Date.now());
    expect(await story(told.id)).toMatchObject({ status: 'deferred' });
    for (const headers of [{}, { 'signalbox-priority': 'urgent' }]) {
      expect((await work(headers as Record<string, string>)).status).toBe(202);
    }
    // Another automation has a desk of its own.
    const other = await post('support-triage', { text: `Sponsoring? ${crypto.randomUUID()}` }, low);
    expect(other.status).toBe(202);

    await say(of('anna'), 'reject', REASON);
    await reaches(id, 'rejected');
    await timekeeper();
    const free = await work(low);
    expect(free.status).toBe(202);
    await reaches(free.body.id, 'done');
  });

  it('are in the statistics of the clock: how many wait, since when, and how many too long', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    await pass(approvalId, 'promiseAt');
    await timekeeper();
    const group = Object.entries(await account.logs()).find(([name]) =>
      name.includes('approvalsapprovetimekeeper'),
    );
    const last = (metric: string) => {
      const line = group?.[1].findLast((it) => it.includes(`"${metric}"`) && it.includes('"refund-request"'));
      return Number((JSON.parse(line?.slice(line.indexOf('{')) ?? '{}') as Record<string, unknown>)[metric]);
    };
    expect(last('ApprovalsLate')).toBe(1);
    expect(last('ApprovalsOpen')).toBeGreaterThanOrEqual(1);
    expect(last('ApprovalsOldestSeconds')).toBeGreaterThanOrEqual(0);
    await say(of('anna'), 'reject', REASON);
    await reaches(id, 'rejected');
    await timekeeper();
  });
});
