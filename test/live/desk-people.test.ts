import { afterEach, describe, expect, it } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  mailsAbout,
  openPage,
  questionOf,
  REFUND,
  reaches,
  say,
  story,
  submit,
  words,
} from '../support/app.ts';
import { ago, approval, away, eventually, relink, rewrite } from '../support/desk-clock.ts';

/* Who may decide, with whom, and instead of whom. */

const REASON = { comment: 'seen the photo' };

afterEach(() => away('ben@example.com'));

describe('a sum for two of three', () => {
  it('is paid when a second person has approved it, and not before', async () => {
    const { id, approvalId, links, of } = await ask('refund-request', fresh(REFUND.board));
    expect(Object.keys(links).sort()).toEqual(['anna@example.com', 'ben@example.com', 'carla@example.com']);
    const carlas = await openPage(of('carla'));
    const first = await say(of('anna'), 'approve', REASON);
    expect(words(first.page)).toContain('Your approval counts: 1 of 2');
    const again = await say(of('anna'), 'approve', REASON);
    expect(words(again.page)).toContain('Your approval counts: 1 of 2');
    expect((await story(id)).status).toBe('waiting_approval');
    expect(await callsFor('refund-ledger', id)).toEqual([]);

    const bens = await openPage(of('ben'));
    expect(words(bens.page)).toContain('2 people must approve; so far: anna@example.com.');
    await submit(of('ben'), { ...bens.fields, decision: 'approve', ...REASON });
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({ decision: 'approve', decidedBy: 'ben@example.com' });
    expect(Object.keys((await approval(approvalId)).votes).sort()).toEqual([
      'anna@example.com',
      'ben@example.com',
    ]);
    expect(await callsFor('refund-ledger', id)).toMatchObject([{ body: { amount: '12000.00' } }]);
    const late = await submit(of('carla'), { ...carlas.fields, decision: 'reject', ...REASON });
    expect(words(late.page)).toContain('already decided by ben@example.com');
  });

  it('needs only one who rejects it', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.board));
    await say(of('anna'), 'approve', REASON);
    await say(of('carla'), 'reject', REASON);
    expect((await reaches(id, 'rejected')).approval).toMatchObject({ decidedBy: 'carla@example.com' });
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('counts votes for the same sum only: who changes it begins anew', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.board));
    const carlas = await openPage(of('carla'));
    await say(of('anna'), 'approve', REASON);
    const bens = await say(of('ben'), 'approve', { amount: '11000.00', ...REASON });
    expect(words(bens.page)).toContain('Your approval counts: 1 of 2');
    expect(Object.keys((await approval(approvalId)).votes)).toEqual(['ben@example.com']);

    // Her page was made before: it shows a sum that is no longer asked for.
    const form = { amount: '12000.00', ...REASON };
    const old = await submit(of('carla'), { ...carlas.fields, decision: 'approve', ...form });
    expect(old.status).toBe(400);
    expect(words(old.page)).toContain('Refund USD 11000.00');
    // What she typed was meant for the other sum: it must not come back as a change of this one.
    expect(old.page).toContain('value="11000.00"');
    expect(old.page).not.toContain('value="12000.00"');
    expect(old.page).toContain(REASON.comment);
    await submit(of('carla'), { ...old.fields, decision: 'approve', amount: '11000.00', ...REASON });
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({ decision: 'approve with edits', decidedBy: 'carla@example.com' });
    expect(await callsFor('refund-ledger', id)).toMatchObject([{ body: { amount: '11000.00' } }]);
  });

  it('is paid once when all three approve at the same moment', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.board));
    const forms = await Promise.all(['anna', 'ben', 'carla'].map((name) => openPage(of(name))));
    const answers = await Promise.all(
      ['anna', 'ben', 'carla'].map((name, at) =>
        submit(of(name), { ...forms[at]?.fields, decision: 'approve', ...REASON }),
      ),
    );
    const titles = answers.map(({ page }) => /<h1>([^:<]+)/.exec(page)?.[1]).sort();
    expect(titles).toEqual(['Already decided', 'Approved', 'Your approval counts']);
    await reaches(id, 'done');
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);
    expect((await approval(approvalId)).trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
  });
});

describe('who asked for it', () => {
  // Addresses are written in many ways.
  const requestedBy = 'Anna@Example.com';

  it('is not asked, cannot be asked by a colleague, and is nobody here', async () => {
    const { id, approvalId, links, of } = await ask('refund-request', {
      ...fresh(REFUND.large),
      requestedBy,
    });
    expect(Object.keys(links)).toEqual(['ben@example.com']);
    const bens = await openPage(of('ben'));
    expect(bens.page).not.toContain('anna@example.com');
    const passed = await submit(of('ben'), { ...bens.fields, decision: 'hand-over', to: 'anna@example.com' });
    expect(words(passed.page)).not.toContain('Handed over');
    await say(of('ben'), 'hand-over', { to: 'manager@example.com' });
    await eventually(
      () => approval(approvalId),
      (row) => row.asked['manager@example.com']?.mailedAt !== undefined,
    );
    const row = await approval(approvalId);
    expect(Object.keys(row.asked).sort()).toEqual(['ben@example.com', 'manager@example.com']);
    await say(of('ben'), 'approve', REASON);
    expect((await reaches(id, 'done')).approval?.decidedBy).toBe('ben@example.com');
  });

  it('is refused also with a link, as nobody meant it to be', async () => {
    const { id, approvalId, of } = await ask('refund-request', { ...fresh(REFUND.large), requestedBy });
    // Ben's link, said to be hers: as a fault in the asking would have it.
    await relink(approvalId, 'anna@example.com');
    await rewrite(approvalId, ({ asked }) => ({
      asked: { ...asked, 'anna@example.com': { group: 'refund-approvers', via: '' } },
    }));
    for (const decision of ['approve', 'again']) {
      const { page } = await say(of('ben'), decision, REASON);
      expect(words(page)).toContain('You are the requester: somebody else has to approve it.');
    }
    expect((await approval(approvalId)).status).toBe('pending');
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('is not asked as a delegate either: where nobody is left, the next group is asked at once', async () => {
    await away('ben@example.com', 'anna@example.com');
    const { links } = await ask('refund-request', { ...fresh(REFUND.large), requestedBy });
    expect(Object.keys(links)).toEqual(['manager@example.com']);
  });
});

describe('an approver who is away', () => {
  it('gets no mail; their delegate is told for whom they decide', async () => {
    await away('ben@example.com', 'carla@example.com');
    const { id, approvalId, links, of } = await ask('refund-request', fresh(REFUND.large));
    expect(Object.keys(links).sort()).toEqual(['anna@example.com', 'carla@example.com']);
    const [mail] = (await mailsAbout(approvalId)).filter(({ to }) => to === 'carla@example.com');
    expect(mail?.text).toContain('You are asked for ben@example.com, who is away.');
    const page = await openPage(of('carla'));
    expect(words(page.page)).toContain('You are asked for ben@example.com, who is away.');
    await submit(of('carla'), { ...page.fields, decision: 'reject', ...REASON });
    expect((await reaches(id, 'rejected')).approval?.decidedBy).toBe('carla@example.com');
  });

  it('whose delegate has left the house is asked as ever', async () => {
    await away('ben@example.com', 'gone@example.com');
    const { links } = await ask('refund-request', fresh(REFUND.large));
    expect(Object.keys(links).sort()).toEqual(['anna@example.com', 'ben@example.com']);
  });
});

describe('an approver who is on it', () => {
  it('keeps the others off until their time is over', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const claimed = await say(of('ben'), 'claim');
    expect(words(claimed.page)).toContain('You are working on it until');
    for (const decision of ['approve', 'reject', 'claim']) {
      const { status, page } = await say(of('anna'), decision, REASON);
      expect(status).toBe(400);
      expect(words(page)).toMatch(/ben@example\.com is working on it until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    }
    expect((await approval(approvalId)).status).toBe('pending');
    await rewrite(approvalId, () => ({ claim: { by: 'ben@example.com', until: ago(1) } }));
    await say(of('anna'), 'approve', REASON);
    expect((await reaches(id, 'done')).approval?.decidedBy).toBe('anna@example.com');
  });

  it('can give it back, and then others decide', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    await say(of('ben'), 'claim');
    await say(of('ben'), 'release');
    await say(of('anna'), 'reject', REASON);
    await reaches(id, 'rejected');
  });

  it('is one of two who say so at once', async () => {
    const { approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const answers = await Promise.all(['anna', 'ben'].map((name) => say(of(name), 'claim')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await approval(approvalId)).trail.filter(({ event }) => event === 'claimed')).toHaveLength(1);
  });
});

describe('a question that is handed over', () => {
  it('goes to the named colleague, with the reason and the name of who did it', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const passed = await say(of('anna'), 'hand-over', {
      to: 'manager@example.com',
      comment: 'you know this shop',
    });
    expect(words(passed.page)).toContain('Handed over to manager@example.com');
    await eventually(
      () => mailsAbout(approvalId),
      (mails) => mails.some(({ to }) => to === 'manager@example.com'),
    );
    const [mail] = (await mailsAbout(approvalId)).filter(({ to }) => to === 'manager@example.com');
    expect(mail?.text).toContain('You are asked by anna@example.com, who hands it over');
    const { of: now } = await questionOf(id);
    expect(words((await openPage(now('manager'))).page)).toContain('“you know this shop”');
    expect((await story(id)).timeline.map(({ event }) => event)).toContain('handed_over');
    await say(now('manager'), 'approve', REASON);
    expect((await reaches(id, 'done')).approval?.decidedBy).toBe('manager@example.com');
  });

  it.each([
    ['a stranger', 'mallory@example.com'],
    ['nobody', ''],
    ['who is asked already', 'ben@example.com'],
    ['oneself', 'anna@example.com'],
  ])('goes to no one when it is handed to %s, and the page does not say so', async (_name, to) => {
    const { approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const { page } = await say(of('anna'), 'hand-over', { to });
    expect(words(page)).not.toContain('They are being asked now');
    expect(Object.keys((await approval(approvalId)).asked).sort()).toEqual([
      'anna@example.com',
      'ben@example.com',
    ]);
  });
});
