import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { overflows, violations } from '../../../support/accessibility.ts';
import { launchBrowser } from '../../../support/browser.ts';
import { invoiceHtml, type Paper, printed } from '../../../support/paper.ts';
import { askAbout, servedDesk } from '../../../support/paper-desk.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));
vi.mock('../../../../lambdas/kit/bucket/bytes.ts', () => import('../../../support/bucket.ts'));

let browser: Browser;
let paper: Paper;
let server: Awaited<ReturnType<typeof servedDesk>>;

beforeAll(async () => {
  browser = await launchBrowser();
  paper = await printed(browser, invoiceHtml());
});
afterAll(() => browser?.close());
afterEach(() => server.close());

beforeEach(async () => {
  world.reset();
  time.freeze();
  askAbout(paper);
  server = await servedDesk();
});

async function opened(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(server.page, { waitUntil: 'networkidle' });
  return page;
}

it.each<[string, BrowserContextOptions]>([
  ['a wide screen', { viewport: { width: 1280, height: 900 } }],
  ['a phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
  ['a wide screen in the dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['a phone in the dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ['a phone without scripts', { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }],
])('shows the page with its evidence on %s, without a fault that a program can see', async (_, options) => {
  const page = await opened(options);
  const picture = page.getByRole('img', {
    name: /The page as a picture: invoice AF-3391\.pdf, page 1 of 2/,
  });
  await picture.scrollIntoViewIfNeeded();
  await expect
    .poll(() => picture.evaluate((it) => (it as never as { naturalWidth: number }).naturalWidth))
    .toBeGreaterThan(1000);
  if (options.javaScriptEnabled !== false) expect(await violations(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
  expect(await page.getByText('not found on the page: look for it').count()).toBe(1);
  await page.context().close();
});

it('draws each box around the ink of its words, wherever the picture is scaled to', async () => {
  for (const width of [390, 1280]) {
    const page = await opened({ viewport: { width, height: 900 } });
    const picture = await page.locator('.sheet img').first().boundingBox();
    const boxes = await page.locator('.sheet svg').first().locator('rect').all();
    expect(boxes).toHaveLength(4);
    for (const box of boxes) {
      const drawn = await box.boundingBox();
      if (!drawn || !picture) throw new Error('nothing is drawn');
      const scale = picture.width / 595;
      const middle = {
        x: (drawn.x + drawn.width / 2 - picture.x) / scale,
        y: (drawn.y + drawn.height / 2 - picture.y) / scale,
      };
      const inside = paper.page.words.filter(
        ({ box: { x, y, width: wide, height } }) =>
          x * scale + picture.x >= drawn.x &&
          (x + wide) * scale + picture.x <= drawn.x + drawn.width + 1 &&
          y * scale + picture.y >= drawn.y &&
          (y + height) * scale + picture.y <= drawn.y + drawn.height + 1,
      );
      expect(inside.length, JSON.stringify(middle)).toBeGreaterThan(0);
    }
    await page.context().close();
  }
});

it('opens the page alone from the keyboard, and asks for nothing that its policy forbids', async () => {
  const page = await opened({ viewport: { width: 1280, height: 900 } });
  const refused: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && refused.push(message.text())));
  await page.reload({ waitUntil: 'networkidle' });
  expect(refused).toEqual([]);
  await page.locator('a.sheet').first().focus();
  const [alone] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  await alone.waitForLoadState();
  expect(alone.url()).toContain('/pages/doc-1/1?t=');
  await page.context().close();
});

it.each<[string, BrowserContextOptions]>([
  ['a phone', { viewport: { width: 390, height: 844 } }],
  ['a phone in the dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
])('says on %s that a model read a page after the machine, and something else', async (_, options) => {
  world.reset();
  askAbout(paper, { seen: [{ page: 2, agrees: false }] }, 2);
  const page = await opened(options);
  const told = page.getByText('The two readings differ: compare the values with the page');
  expect(await told.isVisible()).toBe(true);
  expect(await violations(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
  await page.context().close();
});
