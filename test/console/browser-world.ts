import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { AGENTS, FAMILY, LOOKED_UP, PARTLY, PASSAGES } from '../support/approval-found.ts';
import { launchBrowser } from '../support/browser.ts';
import { freshHouse, house, inMinutes, linkOf, put, putClosed, served } from '../support/console.ts';
import { itemRow, QUESTION } from '../support/fixtures.ts';
import { listOf } from '../support/list.ts';
import { time, world } from '../support/world.ts';

/* A real browser before the console, and a desk on which there is something of everything. */

let browser: Browser;
let server: Awaited<ReturnType<typeof served>>;

/** A browser for the file, and a fresh desk for each of its tests. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    freshHouse();
    server = await served();
  });
  afterEach(() => server.close());
}

/** A page of somebody who has signed in with the keyboard alone. */
export async function opened(email: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  await page.goto(`${house.baseUrl}/console`);
  await page.getByLabel('Your e-mail address').focus();
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Check your mailbox' }).waitFor();
  await page.goto(`${house.baseUrl}${linkOf(world.mails.at(-1)?.text)}`);
  for (let presses = 0; presses < 6 && !(await focused(page)).startsWith('Sign in as'); presses += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Console' }).waitFor();
  time.advance(61);
  return page;
}

export async function focused(page: Page): Promise<string> {
  const element = page.locator(':focus');
  return (await element.count()) > 0 ? ((await element.textContent()) ?? '').trim() : '';
}

export const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();

/** A desk on which there is something of everything. */
export function busy(): void {
  const edits = { amount: { type: 'money', label: 'Amount', least: '0.01', most: '24.90' } } as const;
  put('item-a', { promise: -5, risk: 'consequential' }, { question: { ...QUESTION, edits } });
  put('item-b', { promise: 20, claim: { by: 'bob@example.com', until: inMinutes(9) } });
  put('item-c', { promise: 300, risk: 'catastrophic', quorum: 2 });
  putClosed('item-d', 5, { edits: [{ field: 'amount', from: '24.90', to: '20.00' }] });
  putClosed('item-e', 6, {
    decision: 'reject',
    comment: 'No.',
    undoUntil: inMinutes(9),
  });
  const evidence = [...(LOOKED_UP.evidence ?? []), ...(PASSAGES.evidence ?? [])];
  put('item-f', { promise: 200 });
  const found = putClosed('item-h', 8, {}, { ...LOOKED_UP, ...AGENTS, evidence });
  world.tables.put(
    'items',
    itemRow({ id: 'item-h', approvalId: found.id, status: 'done', ...FAMILY, ancestors: ['item-a'] }),
  );
  const list = putClosed('item-i', 9, {}, listOf());
  world.tables.put('items', itemRow({ ...PARTLY, id: 'item-i', approvalId: list.id, status: 'parked' }));

  const trail = [
    {
      at: inMinutes(-7),
      event: 'decided' as const,
      decision: 'approve' as const,
      by: 'bob@example.com',
      comment: 'Yes.',
    },
  ];
  for (const entry of auditEntries(putClosed('item-g', 7, { trail }))) world.tables.put('audit', entry);
}

/** What is to be pressed and is less than 24 pixels high or wide; links within a sentence may be. */
export function small(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('a,button,select,input:not([type=hidden]),summary')]
    .filter((it) => !it.closest('p:not(.back)'))
    .filter((it) => { const box = it.getBoundingClientRect();
      return box.width > 1 && box.height > 0 && (box.width < 24 || box.height < 24) })
    .map((it) => it.outerHTML)`);
}
