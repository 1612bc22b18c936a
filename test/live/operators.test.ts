import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { overflows, violations } from '../support/accessibility.ts';
import { callsFor, fresh, outputs, post, REFUND, reaches, request, signIn } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';

/* An operator at night, with a browser and nothing else. */

const OPERATOR = 'operations@example.com';
const REASON = 'the ledger is up again';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await signIn(browser, OPERATOR);
});
afterAll(() => browser?.close());

async function ledgerFault(mode: string): Promise<void> {
  const body = JSON.stringify({ mode, seconds: 300 });
  await fetch(`${outputs.destinations['refund-ledger']}/faults`, { method: 'POST', body });
}

/** Held closed, each action has its own tries, and is parked. */
const breaker = (state: string) =>
  request('/v1/breakers/refund-ledger', {
    method: 'POST',
    body: JSON.stringify({ state, kind: 'destination', reason: 'a test of operators' }),
  });

afterEach(async () => {
  await ledgerFault('ok');
  await breaker('auto');
});

async function parked(count: number): Promise<string[]> {
  await breaker('closed');
  await ledgerFault('down');
  const body = () => fresh({ ...REFUND.small, amount: '1.25', currency: 'GBP' });
  const posted = await Promise.all(Array.from({ length: count }, () => post('refund-request', body())));
  const ids = posted.map((it) => it.body.id);
  for (const id of ids) await reaches(id, 'parked');
  await ledgerFault('ok');
  return ids;
}

async function sound(): Promise<void> {
  expect(await violations(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
}

it('a parked item is found by its number, read, redriven with a reason, and done once', async () => {
  const [id = ''] = await parked(1);
  await page.getByRole('link', { name: 'Operate' }).click();
  await page.getByRole('heading', { level: 1, name: /stuck/ }).waitFor();
  await sound();
  await page.getByRole('link', { name: 'Find items' }).click();
  await page.getByLabel('Search', { exact: true }).fill(id.slice(-9));
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { level: 1, name: `Item ${id.slice(-7)}: parked` }).waitFor();
  await sound();
  await page.locator('#redrive-reason').fill(REASON);
  await page.getByRole('button', { name: 'Redrive this item' }).click();
  await page.getByRole('status').getByText('It goes on, as generation 2.').waitFor();
  const item = await reaches(id, 'done');
  expect(item.timeline).toContainEqual(
    expect.objectContaining({ event: 'redriven', by: OPERATOR, reason: REASON }),
  );
  expect((await callsFor('refund-ledger', id)).filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  await page.goto(`${outputs.consoleUrl}/operate/items/${id}`);
  await page.getByRole('heading', { level: 1, name: /: done$/ }).waitFor();
});

it('many are looked at first, and then go on together', async () => {
  const ids = await parked(3);
  const filter = 'automation=refund-request&class=TransientError&stage=act&age=1h';
  await page.goto(`${outputs.consoleUrl}/operate/items?${filter}`);
  for (const id of ids) await page.getByRole('link', { name: id.slice(-7) }).waitFor();
  await page.locator('#many-reason').fill(REASON);
  await page.getByRole('button', { name: 'See what would go on' }).click();
  await page.getByText('Nothing has been done yet.').waitFor();
  await sound();
  for (const id of ids) expect((await reaches(id, 'parked')).generation).toBe(1);
  await page.getByRole('button', { name: /^Yes, redrive \d+ items$/ }).click();
  await page.getByRole('heading', { level: 1, name: /^Redrive: / }).waitFor();
  await sound();
  for (const id of ids) expect((await reaches(id, 'done')).generation).toBe(2);
});
