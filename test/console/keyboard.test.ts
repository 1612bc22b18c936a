import { describe, expect, it, vi } from 'vitest';
import { overflows, violations } from '../support/accessibility.ts';
import { house, put, putClosed, stored } from '../support/console.ts';
import { itemRow } from '../support/fixtures.ts';
import { world } from '../support/world.ts';
import { busy, focused, heading, opened, withBrowser } from './browser-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

withBrowser();

type Page = Awaited<ReturnType<typeof opened>>;

/** Presses Tab until what is focused has this text or label. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate<string>(
      "(it => it.getAttribute('aria-label') || it.labels?.[0]?.textContent || it.textContent || '')(document.activeElement)",
    );
    if (label.trim().startsWith(name)) return;
  }
  throw new Error(`Tab reaches nothing that is called '${name}'`);
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
])('with Tab, Space and Enter alone, %s', (_name, javaScriptEnabled) => {
  it('many are marked, read and decided, and each result is read', async () => {
    const page = await opened('ann@example.com', { javaScriptEnabled });
    for (const id of ['item-a', 'item-b', 'item-c']) put(id, {}, { summary: `Pay for ${id}` });
    await page.goto(`${house.baseUrl}/console`);
    await tabTo(page, 'Mark item-a-g1');
    await page.keyboard.press('Space');
    await tabTo(page, 'Mark item-b-g1');
    await page.keyboard.press('Space');
    await tabTo(page, 'Read the marked, then reject');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Reject 2 approvals?' }).waitFor();
    await tabTo(page, 'Reject this one: item-b-g1');
    await page.keyboard.press('Space');
    await tabTo(page, 'Comment');
    await page.keyboard.type('Not ours.');
    await tabTo(page, 'Reject what is marked');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '1 approval rejected' }).waitFor();
    expect(stored('item-a')).toMatchObject({ decision: 'reject', comment: 'Not ours.' });
    expect([stored('item-b').version, stored('item-c').version]).toEqual([1, 1]);
    if (javaScriptEnabled) expect(await violations(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await page.context().close();
  });

  it('the queue is searched and sorted', async () => {
    const page = await opened('ann@example.com', { javaScriptEnabled });
    busy();
    put('item-x', {}, { summary: 'Tell the shop' });
    await page.goto(`${house.baseUrl}/console`);
    await tabTo(page, 'Search');
    await page.keyboard.type('tell shop');
    await page.keyboard.press('Enter');
    await page.waitForURL(/search=tell\+shop/);
    expect(await heading(page)).toBe('1 approval waits for you: “tell shop”');
    await page.goto(`${house.baseUrl}/console`);
    await tabTo(page, 'Risk');
    while ((await focused(page)) !== 'Risk') await tabTo(page, 'Risk');
    await page.keyboard.press('Enter');
    await page.waitForURL(/sort=risk/);
    expect(await page.locator('.row-link').first().textContent()).toBe('Pay EUR 24.90');
    expect(await page.locator('[aria-sort=descending]').textContent()).toContain('Risk');
    await page.context().close();
  });

  it('the audit is searched, and the numbers behind a chart are opened', async () => {
    const page = await opened('olga@example.com', { javaScriptEnabled });
    busy();
    await page.goto(`${house.baseUrl}/console/audit`);
    await tabTo(page, 'Person');
    await page.keyboard.type('bob');
    await page.keyboard.press('Enter');
    await page.waitForURL(/person=bob/);
    await page.getByText('Yes.').waitFor();
    await page.goto(`${house.baseUrl}/console/statistics`);
    await tabTo(page, 'The numbers as a table');
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'as proposed' }).first().waitFor();
    await page.context().close();
  });
});

it('what came of a decision is read in the row of its number', async () => {
  const page = await opened('ann@example.com');
  putClosed('demo_659bbad', 5);
  world.tables.put('items', itemRow({ id: 'demo_659bbad', approvalId: 'demo_659bbad-g1', status: 'done' }));
  await page.goto(`${house.baseUrl}/console/decided`);
  await page.getByRole('row').filter({ hasText: '659bbad-g1' }).getByText('✓ done').waitFor();
  await page.context().close();
});

it("times are there in the browser's own zone too, where scripts run", async () => {
  const page = await opened('ann@example.com', { timezoneId: 'Asia/Tokyo' });
  put('item-a', { trail: [{ at: '2026-12-01T08:31:05.123Z', event: 'asked', to: 'leads' }] });
  await page.goto(`${house.baseUrl}/console/approvals/item-a-g1`);
  expect(await page.getByText('2026-12-01 08:31:05 UTC, 17:31:05 your time').count()).toBe(1);
  await page.context().close();
});

it('no word of a table breaks letter by letter on a phone', async () => {
  const page = await opened('ann@example.com', { viewport: { width: 390, height: 844 } });
  busy();
  for (const path of ['', '/decided', '/approvals/item-a-g1', '/approvals/item-d-g1', '/statistics', '/me']) {
    await page.goto(`${house.baseUrl}/console${path}`);
    await page.evaluate('document.querySelectorAll("details").forEach(it => { it.open = true })');
    // A short word that stands on more than one line has been broken.
    const broken = await page.evaluate<string[]>(`[...document.querySelectorAll('th,td')].flatMap((cell) => {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const { 0: word, index } of node.textContent.matchAll(/[\\w@.]{1,15}/g)) {
          const range = document.createRange();
          range.setStart(node, index); range.setEnd(node, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
        }
      return found })`);
    expect(broken, path).toEqual([]);
  }
  await page.context().close();
});
