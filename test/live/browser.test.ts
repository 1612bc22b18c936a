import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callsFor, fresh, outputs, REFUND, reaches } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe('an approver in a browser', () => {
  it('goes from the inbox over the mail to the page, approves, and sees what happened', async () => {
    const { id } = await ask('refund-request', fresh(REFUND.large));
    const page = await browser.newPage();
    await page.goto(outputs.inboxUrl);
    const address = await page.getByRole('link', { name: 'Open the approval' }).getAttribute('href');
    expect(address).toContain(id);
    await page.goto(address ?? '');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(
      /^Refund USD 240\.00 to order W/,
    );
    expect(await page.getByText('the amount is at or above 100.00').isVisible()).toBe(true);
    await page.getByLabel('Your reason').fill('Photo shows the broken glass.');
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('button', { name: /^Yes, approve/ }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Approved');
    // The form once more: the browser sends it again, and nothing follows from it.
    await page.reload();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Already decided');
    const item = await reaches(id, 'done');
    expect(item.approval?.decidedBy).toMatch(/^(anna|ben)@example\.com$/);
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);
    await page.close();
  });

  it('decides in one tab, presses again in another that shows the question, and is told', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    const context = await browser.newContext();
    const [first, page] = [await context.newPage(), await context.newPage()];
    for (const tab of [first, page]) await tab.goto(of('anna'));
    await first.getByLabel('Your reason').fill('not twice');
    await first.getByRole('button', { name: /^Reject/ }).click();
    await first.getByRole('button', { name: /^Yes, reject/ }).click();
    await first.getByRole('heading', { name: /^Rejected/ }).waitFor();
    await page.getByLabel('Your reason').fill('or rather yes');
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('heading', { name: 'Already decided: rejected' }).waitFor();
    expect(await page.getByText('already decided by anna@example.com at').isVisible()).toBe(true);
    await reaches(id, 'rejected');
    expect(await callsFor('refund-ledger', id)).toEqual([]);
    await context.close();
  });

  it('decides two questions in two tabs of one browser', async () => {
    const questions = [
      await ask('refund-request', fresh(REFUND.large)),
      await ask('refund-request', fresh(REFUND.large)),
    ];
    const context = await browser.newContext();
    const pages = [];
    for (const { of } of questions) {
      const page = await context.newPage();
      await page.goto(of('anna'));
      pages.push(page);
    }
    for (const page of pages) {
      await page.getByLabel('Your reason').fill('seen the photo');
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.getByRole('button', { name: /^Yes, approve/ }).click();
      await page.getByRole('heading', { name: /^Approved/ }).waitFor();
    }
    for (const { id } of questions) await reaches(id, 'done');
    await context.close();
  });
});
