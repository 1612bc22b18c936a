import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, callsFor, fresh, REFUND, reaches, story, TICKET } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { approval, eventually } from '../support/desk-clock.ts';

/* Every task of the page by keyboard alone, with and without scripts; and how long a decision took. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  return page;
}

const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false };

/**
 * Goes on by Tab until the focus is there.
 * @throws Error when it never is: without a mouse nobody gets there
 */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focus = page.locator(':focus');
    if ((await target.and(focus).count()) === 1) return;
    passed.push((await focus.count()) === 1 ? ((await focus.textContent()) ?? '').trim() : 'nothing');
  }
  throw new Error(`Tab came by ${passed.join(' | ')}`);
}

async function press(page: Page, button: string | RegExp): Promise<void> {
  await tabTo(page, page.getByRole('button', { name: button }));
  await page.keyboard.press('Enter');
}

/** The page that asks once more, and its one button. */
async function confirm(page: Page): Promise<void> {
  await heading(page, /^(Approve|Reject|Send) this/);
  await press(page, /^Yes, /);
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function unfold(page: Page, summary: string): Promise<void> {
  await tabTo(page, page.locator('summary', { hasText: summary }));
  await page.keyboard.press('Enter');
}

async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 180_000 });
}

describe.each([
  ['with scripts, at a desk', DESK],
  ['without scripts, on a phone', PHONE],
])('by keyboard alone, %s', (_name, options) => {
  it('somebody gives a reason and approves', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('anna'), options);
    await type(page, 'Your reason', 'seen the photo');
    await press(page, /^Approve/);
    await confirm(page);
    await heading(page, /^Approved: Refund USD 240\.00/);
    expect((await reaches(id, 'done')).approval?.decidedBy).toBe('anna@example.com');
  });

  it('somebody rejects', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('ben'), options);
    await type(page, 'Your reason', 'no photo');
    await press(page, /^Reject/);
    await confirm(page);
    await heading(page, /^Rejected/);
    expect((await reaches(id, 'rejected')).approval?.decision).toBe('reject');
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('somebody forgets the reason, is held back, and loses nothing of what was typed', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('ben'), options);
    await press(page, /^Approve/);
    // The browser itself points at the empty field.
    expect(await page.getByLabel('Your reason').and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.type(' ');
    await unfold(page, 'Change it before you approve');
    await type(page, 'Amount', '100.00');
    await press(page, /^Approve/);
    expect(await page.getByRole('alert').textContent()).toContain('Please give a reason');
    // What would be sent again can be seen.
    expect(await page.getByLabel('Amount').isVisible()).toBe(true);
    expect(await page.getByLabel('Amount').inputValue()).toBe('100.00');
    expect((await story(id)).status).toBe('waiting_approval');
  });

  it('somebody changes the amount and approves that', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('anna'), options);
    await type(page, 'Your reason', 'a used lamp');
    await unfold(page, 'Change it before you approve');
    await type(page, 'Amount', '180.00');
    await press(page, /^Approve/);
    await confirm(page);
    await heading(page, /^Approved: Refund USD 180\.00/);
    await reaches(id, 'done');
    expect(await callsFor('refund-ledger', id)).toMatchObject([{ body: { amount: '180.00' } }]);
  });

  it('somebody looks a second time at what the policy objects to', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.partial));
    const page = await open(of('anna'), options);
    await type(page, 'Your reason', 'a regular');
    await unfold(page, 'Change it before you approve');
    await type(page, 'Amount', '450.00');
    await press(page, /^Approve/);
    expect(await page.getByRole('alert').textContent()).toContain('the rules grant less: 80 %');
    expect((await story(id)).status).toBe('waiting_approval');
    await press(page, /^Approve with these changes: Refund USD 450\.00/);
    await confirm(page);
    await heading(page, /^Approved: Refund USD 450\.00/);
    await reaches(id, 'done');
  });

  it('somebody hands it to a colleague', async () => {
    const { approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('anna'), options);
    await unfold(page, 'More options');
    await tabTo(page, page.getByLabel('Hand over to'));
    await page.keyboard.type('manager');
    await press(page, 'Hand over');
    await heading(page, 'Handed over to manager@example.com');
    await eventually(
      () => approval(approvalId),
      ({ asked }) => asked['manager@example.com']?.mailedAt !== undefined,
    );
  });

  it('somebody keeps the others off, sends it back', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('anna'), options);
    await unfold(page, 'More options');
    await press(page, /^I am working on it/);
    await page.getByText('You are working on it').waitFor();
    await type(page, 'Your reason', 'offer 120.00');
    await unfold(page, 'More options');
    await press(page, /^Send back/);
    await confirm(page);
    await heading(page, /^Sent back/);
    await eventually(
      () => story(id),
      ({ generation, status }) => generation === 2 && status === 'waiting_approval',
    );
  });

  it('somebody takes a decision back', async () => {
    const { id, approvalId, of } = await ask('support-triage', TICKET);
    const page = await open(of('support-lead'), options);
    await press(page, /^Approve/);
    await heading(page, /^Approved/);
    await press(page, /^Undo/);
    await heading(page, /^Assign the ticket/);
    expect((await approval(approvalId)).status).toBe('pending');
    await press(page, /^Reject/);
    await heading(page, /^Rejected/);
    await reaches(id, 'rejected');
    expect(await callsFor('help-desk', id)).toEqual([]);
  });
});

describe('Enter in a field', () => {
  it('decides nothing: a decision is a button that was chosen', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const page = await open(of('anna'), DESK);
    await type(page, 'Your reason', 'seen the photo');
    await unfold(page, 'Change it before you approve');
    await type(page, 'Amount', '200.00');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1000);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Refund USD 240.00');
    expect((await story(id)).status).toBe('waiting_approval');
  });
});

/**
 * What the record says of the attention that a decision took, beside what a stop-watch says that began before the page came: on a busy
 * machine a page takes seconds to come, and to take an answer, in which it counts nothing.
 */
async function timed(
  during: (page: Page) => Promise<void>,
  options: BrowserContextOptions = DESK,
): Promise<{ recorded: number; watched: number }> {
  const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
  const started = Date.now();
  const page = await open(of('anna'), options);
  await during(page);
  await page.getByLabel('Your reason').fill('seen the photo');
  await page.getByRole('button', { name: /^Approve/ }).click();
  await page.getByRole('button', { name: /^Yes, / }).click();
  const watched = (Date.now() - started) / 1000;
  await heading(page, /^Approved/);
  await reaches(id, 'done');
  const { activeSeconds = -1 } = await approval(approvalId);
  return { recorded: activeSeconds, watched };
}

/** Whole seconds: no less than somebody certainly looked at the page, no more than they may have. */
function expectSeconds(recorded: number, { least, most }: { least: number; most: number }): void {
  expect(recorded).toBeGreaterThanOrEqual(Math.floor(least));
  expect(recorded).toBeLessThanOrEqual(Math.ceil(most));
}

/** Puts the page into the background, or back, as far as its scripts can tell. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
document.dispatchEvent(new Event('visibilitychange'))`);
}

describe('the time that a decision took', () => {
  it.each([
    ['with scripts', DESK],
    ['without', PHONE],
  ])('is in the record, in whole seconds, %s', async (_name, options) => {
    const { recorded, watched } = await timed((page) => page.waitForTimeout(4000), options);
    expectSeconds(recorded, { least: 4, most: watched });
  });

  it('does not count while the page lies in the background', async () => {
    let hidden = 0;
    const { recorded, watched } = await timed(async (page) => {
      await page.waitForTimeout(2000);
      await hide(page, true);
      const since = Date.now();
      await page.waitForTimeout(4000);
      await hide(page, false);
      hidden = (Date.now() - since) / 1000;
      await page.waitForTimeout(1500);
    });
    expectSeconds(recorded, { least: 3.5, most: watched - hidden });
  });

  it('counts on over a form that came back', async () => {
    const { recorded, watched } = await timed(async (page) => {
      await page.waitForTimeout(3000);
      await page.getByLabel('Your reason').fill(' ');
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.getByRole('alert').waitFor();
      await page.waitForTimeout(1500);
    });
    expectSeconds(recorded, { least: 4.5, most: watched });
  });
});
