import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalLinks, callsFor, fresh, outputs, post, REFUND, reaches, story } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

async function waiting(): Promise<string> {
  const { body } = await post('refund-request', fresh(REFUND.large));
  await reaches(body.id, 'waiting_approval');
  return body.id;
}

async function link(id: string): Promise<string> {
  return (await approvalLinks(id))['anna@example.com'] ?? '';
}

/** Nothing may stick out sideways: an approver on a phone must not scroll to find a button. */
async function overflows(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

describe('an approver in a browser', () => {
  it('goes from the inbox over the mail to the page, approves, and sees what happened', async () => {
    const id = await waiting();
    const page = await browser.newPage();
    await page.goto(outputs.inboxUrl);
    const address = await page.getByRole('link', { name: 'Open the approval' }).getAttribute('href');
    expect(address).toContain(id);
    await page.goto(address ?? '');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(
      /^Refund EUR 240\.00 to order W/,
    );
    expect(await page.getByText('the amount is at or above 100.00').isVisible()).toBe(true);
    await page.getByLabel('Comment').fill('Photo shows the broken glass.');
    await page.getByRole('button', { name: /^Approve/ }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Approved');
    await page.reload();
    const item = await reaches(id, 'done');
    expect(item.approval?.decidedBy).toMatch(/^(anna|ben)@example\.com$/);
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);
    await page.close();
  });

  it('needs no script, no mouse and no wide screen', async () => {
    const id = await waiting();
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    await page.goto(await link(id));
    const tabbed: string[] = [];
    for (let presses = 0; presses < 8; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      const name = (await focused.count()) > 0 ? ((await focused.textContent()) ?? '') : '';
      tabbed.push(name);
      if (name.startsWith('Reject')) break;
    }
    expect(tabbed.at(-1)).toMatch(/^Reject/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rejected' }).waitFor();
    expect((await reaches(id, 'rejected')).approval?.decision).toBe('reject');
    await context.close();
  });

  it('finds both buttons on the first screen of a phone and nothing that sticks out', async () => {
    const id = await waiting();
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(await link(id));
    for (const name of [/^Approve/, /^Reject/]) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(740);
      expect(box?.height).toBeGreaterThanOrEqual(44);
    }
    expect(await overflows(page)).toBe(false);
    await page.close();
  });

  it('that is a scanner running scripts and following the link decides nothing', async () => {
    const id = await waiting();
    const before = await story(id);
    const page = await browser.newPage();
    await page.goto(await link(id), { waitUntil: 'networkidle' });
    await page.reload({ waitUntil: 'networkidle' });
    await page.close();
    expect(await story(id)).toEqual(before);
  });
});
