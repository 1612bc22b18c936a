import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { pageApp } from '../../../../lambdas/approve/channels/page/page.ts';
import type { Reading } from '../../../../lambdas/contract/document.ts';
import { pictureKey } from '../../../../lambdas/tables/keys.ts';
import { overflows, violations } from '../../../support/accessibility.ts';
import { launchBrowser } from '../../../support/browser.ts';
import { ANN, APPROVAL, context, question } from '../../../support/desk.ts';
import { proposal } from '../../../support/fixtures.ts';
import { type Stub, stubServer } from '../../../support/http.ts';
import { invoiceHtml, type Paper, printed } from '../../../support/paper.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));
vi.mock('../../../../lambdas/kit/bucket/bytes.ts', () => import('../../../support/bucket.ts'));

const KEY = 'items/invoice_reading/abc.json';
/** Where somebody who wants to look at the pages has them photographed; nowhere otherwise. */
const { SIGNALBOX_PHOTOGRAPHS: album } = process.env;

let browser: Browser;
let paper: Paper;
let server: Stub;

beforeAll(async () => {
  browser = await launchBrowser();
  paper = await printed(browser, invoiceHtml());
});
afterAll(() => browser?.close());
afterEach(() => server.close());

beforeEach(async () => {
  world.reset();
  time.freeze();
  const reading: Reading = {
    type: 'pdf',
    suspicions: [],
    pages: [paper.page, { ...paper.page, source: 'ocr', confidence: 0.93 }],
  };
  world.content.set(`bucket/${KEY}`, JSON.stringify(reading));
  for (const page of [1, 2]) keep(pictureKey(KEY, page), paper.png);
  const quotes = [
    'Total: EUR 432.00',
    "Please pay to IBAN FR14 2004 1010 0505 0001 3M02 606, Banque de la Presqu'île, Lyon",
    'Invoice no: AF-3391',
    'VAT number: FR40 303 265 045',
    'a line that nobody wrote',
  ];
  question(
    proposal({
      automation: 'invoice',
      label: 'invoice',
      summary: 'Post invoice AF-3391 of vendor V1003: EUR 432.00',
      brief: 'Reupholstery of four chairs, with collection and return.',
      reasons: ['a model copied it from a page: compare it with the page'],
      parameters: {
        vendor: 'V1003',
        number: 'AF-3391',
        gross: '432.00',
        currency: 'EUR',
        dueDate: '2026-12-18',
        iban: 'FR1420041010050500013M02606',
      },
      documents: [{ ref: 'doc-1', name: 'invoice AF-3391.pdf', readingKey: KEY, pages: 2 }],
      evidence: quotes.map((quote) => ({ source: 'document:doc-1#1', quote })),
    }),
  );
  server = await stubServer(async (response, { method, path, headers }) => {
    const said = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await pageApp(context()).request(`${server.url}${path}`, { method, headers: said });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
});

function keep(key: string, bytes: Uint8Array): void {
  world.files.set(`bucket/${key}`, { bytes, contentType: 'image/png', at: 0 });
}

async function opened(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${server.url}/approvals/${APPROVAL}?t=${ANN}`, { waitUntil: 'networkidle' });
  return page;
}

async function photographed(page: Page, name: string): Promise<void> {
  if (!album) return;
  mkdirSync(album, { recursive: true });
  await page.screenshot({ path: `${album}/${name}.png`, fullPage: true });
}

it.each<[string, BrowserContextOptions]>([
  ['a wide screen', { viewport: { width: 1280, height: 900 } }],
  ['a phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
  ['a wide screen in the dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['a phone in the dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ['a phone without scripts', { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }],
])(
  'shows the page with its evidence on %s, without a fault that a program can see',
  async (name, options) => {
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
    await photographed(page, name.replaceAll(' ', '-'));
    await page.context().close();
  },
);

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
