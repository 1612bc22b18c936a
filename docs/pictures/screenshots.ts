import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type BrowserContext, chromium as driver } from 'playwright-core';

/*
 * Photographs the inbox of a run that is up (approvals: `approvals.ts`, the console: `console.ts`): `npm start -- --detach --no-samples --fresh`, then
 * `npx node docs/pictures/screenshots.ts`. All are small enough to read in a README.
 */

const stateDir = process.env.SIGNALBOX_STATE_DIR || join(import.meta.dirname, '../../.local');
const outputs = JSON.parse(await readFile(join(stateDir, 'outputs.json'), 'utf8'));

const refunds = [
  {
    orderId: 'W5061109',
    amount: '64.00',
    currency: 'EUR',
    text: 'Your price for the same kettle is ten euros lower today. Please pay me the difference.',
  },
  {
    orderId: 'W2378156',
    amount: '182.50',
    currency: 'EUR',
    text: 'The desk lamp arrived yesterday with a broken glass shade, it is in pieces. I want my money back, not another one.',
  },
];

async function waiting(body: object): Promise<string> {
  const post = await fetch(`${outputs.apiUrl}/v1/automations/refund-request/items`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${outputs.clientToken}`,
      'content-type': 'application/json',
      prefer: 'wait=20',
    },
    body: JSON.stringify(body),
  });
  const item = (await post.json()) as { id: string; status: string };
  if (item.status !== 'waiting_approval')
    throw new Error(`expected an item that waits for a person, got ${JSON.stringify(item)}`);
  return item.id;
}

async function photograph(
  context: BrowserContext,
  url: string,
  file: string,
  size: { width: number; height: number },
): Promise<void> {
  const page = await context.newPage();
  await page.setViewportSize(size);
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.screenshot({ path: join(import.meta.dirname, file) });
}

for (const body of refunds) await waiting(body);
const browser = await driver.launch({
  executablePath: await chromium.executablePath(),
  // In a single process the browser ends with its first page.
  args: chromium.args.filter((arg) => arg !== '--single-process'),
  headless: true,
});
const context = await browser.newContext({ colorScheme: 'light' });
await photograph(context, outputs.inboxUrl, 'inbox.png', { width: 1080, height: 760 });
await browser.close();
