import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { makeNonce, nonceTime } from '../../lambdas/pages/links.ts';
import {
  ask,
  callsFor,
  fresh,
  openPage,
  type Question,
  REFUND,
  reaches,
  submit,
  submitOnce,
  words,
} from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { account, approval, audit, eventually, invoke, pass } from '../support/desk-clock.ts';

/*
 * What mail scanners, previews and thieves do to a link, one after the other, to one question that waits.
 * After all of it the question is what it was; then people decide, all at once, and one of them counts.
 */

let browser: Browser;
let question: Question;
let foreign: Question;
let untouched: unknown;
let deskKey: string;

beforeAll(async () => {
  browser = await launchBrowser();
  question = await ask('refund-request', fresh(REFUND.large));
  foreign = await ask('refund-request', fresh(REFUND.large));
  untouched = [await approval(question.approvalId), await account.item(question.id)];
  const { keys } = JSON.parse(await invoke('signalbox-local-keys-approvals')) as { keys: string[] };
  deskKey = keys[0] ?? '';
});
afterAll(() => browser?.close());

const tokenOf = (url: string) => new URL(url).searchParams.get('t') ?? '';
const REASON = { comment: 'seen the photo' };

/** Nothing came of it: the rows are to the last field what they were before the first visitor. */
async function expectUntouched(): Promise<void> {
  expect([await approval(question.approvalId), await account.item(question.id)]).toEqual(untouched);
}

describe('a waiting question is not changed', () => {
  it.each([
    ['HEAD', 'HEAD', {}],
    ['GET', 'GET', {}],
    ['a second GET', 'GET', {}],
    ['OPTIONS', 'OPTIONS', {}],
    [
      'an unfurling robot',
      'GET',
      { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' },
    ],
    ['a prefetch', 'GET', { purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender', 'x-moz': 'prefetch' }],
    ['a proxy that has its own copy', 'GET', { 'if-none-match': '"x"', range: 'bytes=0-10' }],
    ['PUT', 'PUT', {}],
    ['DELETE', 'DELETE', {}],
  ])('by %s', async (_name, method, headers) => {
    const response = await fetch(question.of('anna'), { method, headers });
    const shows = method === 'GET' || method === 'HEAD';
    // The API itself answers some of the others: with a refusal of its own.
    expect(response.status).toSatisfy((status: number) => (shows ? status === 200 : status >= 400));
    if (shows) expect(response.headers.get('cache-control')).toBe('no-store');
    await response.body?.cancel();
    await expectUntouched();
  });

  it('by a browser that runs the scripts of the page, waits, reloads and follows no link', async () => {
    for (const name of ['anna', 'ben']) {
      const page = await browser.newPage();
      await page.goto(question.of(name), { waitUntil: 'networkidle' });
      await page.waitForTimeout(1500);
      await page.reload({ waitUntil: 'networkidle' });
      await page.close();
    }
    await expectUntouched();
  });

  it('by a robot that fills in every field of every form that it finds, and sends it', async () => {
    const url = question.of('anna');
    const first = await openPage(url);
    const filled = { decision: 'approve', ...REASON, website: 'https://robot.example' };
    for (const form of [filled, { ...filled, website: '' }]) {
      const { page } = await submitOnce(url, { ...first.fields, ...form });
      expect(page).not.toContain('Thank you');
    }
    const second = await submitOnce(url, { ...first.fields, ...filled, website: '' });
    const { page } = await submitOnce(url, { ...second.fields, website: 'https://robot.example' });
    expect(words(page)).toContain('the form was ignored');
    await expectUntouched();
  });

  it.each(['approve', 'reject', 'again', 'claim', 'release', 'escalate', 'hand-over', 'undo', 'perish', ''])(
    'by a POST of %o without a nonce, with an empty one, with a made-up one',
    async (decision) => {
      const url = question.of('anna');
      const form = { t: tokenOf(url), decision, to: 'manager@example.com', ...REASON };
      const made = `${Date.now() - 5000}.AAAAAAAAAAAAAAAA.${'A'.repeat(43)}`;
      const answers = [
        await submit(url, form),
        await submit(url, { ...form, nonce: '' }),
        await submit(url, { ...form, nonce: made }),
        await submit(url, {}),
      ];
      for (const { page } of answers) expect(page).not.toMatch(/Thank you|Handed over/);
      await expectUntouched();
    },
  );

  it('by a nonce that was made for another person, another question, or another page of this one', async () => {
    const [anna, ben] = [question.of('anna'), question.of('ben')];
    const own = await openPage(anna);
    const nonces = {
      bens: (await openPage(ben)).fields.nonce ?? '',
      foreign: (await openPage(foreign.of('anna'))).fields.nonce ?? '',
    };
    for (const nonce of Object.values(nonces)) {
      const { status } = await submit(anna, { ...own.fields, nonce, decision: 'approve', ...REASON });
      expect(status).toBe(400);
    }
    await expectUntouched();
  });

  it('by a nonce in another browser, or in one without its cookie', async () => {
    const url = question.of('anna');
    const thief = await openPage(url);
    const victim = await openPage(url);
    expect(thief.cookie).not.toBe(victim.cookie);
    const form = { ...thief.fields, decision: 'approve', ...REASON };
    const sent = [
      { cookie: victim.cookie },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
      { cookie: victim.cookie, 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of sent) expect((await submit(url, form, headers)).status).toBe(400);
    await expectUntouched();
  });

  it('by a page of yesterday, or of tomorrow', async () => {
    const url = question.of('anna');
    const { fields } = await openPage(url);
    const bound = {
      ...{ subject: sha256(tokenOf(url)), approvalId: question.approvalId },
      digest: (await approval(question.approvalId)).digest,
    };
    const [, browserId = ''] = (fields.nonce ?? '').split('.');
    // The key is the desk's own: a page of now that is made with it would count.
    expect(nonceTime(deskKey, fields.nonce ?? '', bound, { cookie: browserId, browser: true })).toBeDefined();
    for (const hours of [-13, 1]) {
      const nonce = makeNonce(deskKey, { ...bound, browser: browserId }, Date.now() + hours * 3_600_000);
      const { status, page } = await submit(url, { ...fields, nonce, decision: 'approve', ...REASON });
      expect(status).toBe(400);
      expect(page).toContain('This page was too old');
    }
    await expectUntouched();
  });

  it('by a link that is foreign, cut short, or the hash that the table knows', async () => {
    const url = question.of('anna');
    const [right, hash] = [tokenOf(url), sha256(tokenOf(url))];
    const { fields } = await openPage(url);
    for (const token of [tokenOf(foreign.of('anna')), right.slice(0, -1), '', hash]) {
      const wrong = url.replace(/t=.*/, `t=${token}`);
      const seen = await openPage(wrong);
      expect(seen.status).toBe(404);
      expect(seen.page).not.toContain('240.00');
      const posted = await submit(wrong, { ...fields, t: token, decision: 'approve', ...REASON });
      expect(posted.status).toBe(404);
    }
    await expectUntouched();
  });

  it('and every visit was counted, none of them as a decision', async () => {
    const lines = Object.values(await account.logs()).flat();
    const about = lines.filter((line) => line.includes(question.approvalId));
    expect(about.filter((line) => line.includes('"page shown"')).length).toBeGreaterThanOrEqual(12);
    expect(about.filter((line) => line.includes('"decision posted"'))).toEqual([]);
  });
});

describe('a link whose time is over', () => {
  it('takes no decision, also before the clock has looked, and says so', async () => {
    const { approvalId, id, of } = await ask('refund-request', fresh(REFUND.large));
    const { fields } = await openPage(of('anna'));
    await pass(approvalId, 'closesAt');
    const before = await approval(approvalId);
    const posted = await submit(of('anna'), { ...fields, decision: 'approve', ...REASON });
    for (const { status, page } of [posted, await openPage(of('ben'))]) {
      expect(status).toBe(200);
      expect(words(page)).toContain('Nobody decided in time, so nothing was done.');
      expect(page).not.toContain('<form');
    }
    expect(await approval(approvalId)).toMatchObject({ ...before, version: expect.any(Number) });
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });
});

describe('people who answer at once', () => {
  it('are one decision and at most one action; the others are told by whom and when', async () => {
    await expectUntouched();
    const [anna, ben] = [question.of('anna'), question.of('ben')];
    const [a, b] = await Promise.all([openPage(anna), openPage(ben)]);
    const approve = { ...a.fields, decision: 'approve', ...REASON };
    const reject = { ...b.fields, decision: 'reject', comment: 'no photo' };
    const answers = await Promise.all([
      submit(anna, approve),
      submit(ben, reject),
      submit(anna, approve),
      submit(ben, reject),
      submit(anna, { ...approve, decision: 'reject' }),
      submit(ben, { ...reject, decision: 'approve' }),
    ]);
    const { decidedBy = '', decidedAt = '', decision } = await approval(question.approvalId);
    const told = `already decided by ${decidedBy} at ${decidedAt.slice(0, 19).replace('T', ' ')} UTC`;
    expect(decidedBy).toMatch(/^(anna|ben)@example\.com$/);
    expect(answers.filter(({ page }) => page.includes('Thank you'))).toHaveLength(1);
    expect(answers.filter(({ page }) => words(page).includes(told))).toHaveLength(5);
    for (const { status } of answers) expect(status).toBe(200);

    // Every form once more, when all is over.
    const item = await reaches(question.id, ['done', 'rejected']);
    expect(item.status).toBe(decision === 'approve' ? 'done' : 'rejected');
    for (const [url, form] of [
      [anna, approve],
      [ben, reject],
      [anna, { ...approve, decision: 'undo' }],
    ] as const) {
      expect(words((await submit(url, form)).page)).toContain(told);
    }
    expect(words((await openPage(ben)).page)).toContain(told);

    const calls = await callsFor('refund-ledger', question.id);
    expect(calls).toHaveLength(decision === 'approve' ? 1 : 0);
    const entries = await eventually(
      () => audit(question.approvalId),
      (seen) => seen.some(({ event }) => event === 'decided'),
    );
    expect(entries.filter(({ event }) => event === 'decided')).toMatchObject([{ by: decidedBy, decision }]);
  });
});
