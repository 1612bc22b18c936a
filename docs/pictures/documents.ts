import { mkdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';

/*
 * Photographs the approval page of an invoice that came as a file, with everything in memory: no emulator, no run. `npx node
 * docs/pictures/documents.ts` renews the picture that the documentation shows; with a folder behind it, every look goes there.
 */

// The stand-ins that tests put before the AWS clients, the bucket and the keys.
const STANDS_IN: Record<string, string> = {
  'aws.ts': 'clients',
  'objects.ts': 'content',
  'bucket/bytes.ts': 'bucket',
  'signed/ask-keys.ts': 'own-keys',
};
const ROOT = join(import.meta.dirname, '../..');
registerHooks({
  resolve(specifier, context, next) {
    const [, name = ''] =
      /kit\/(aws\.ts|objects\.ts|bucket\/bytes\.ts|signed\/ask-keys\.ts)$/.exec(
        next(specifier, context).url,
      ) ?? [];
    const double = STANDS_IN[name];
    return next(double ? join(ROOT, 'test/support', `${double}.ts`) : specifier, context);
  },
});

const { launchBrowser } = await import('../../test/support/browser.ts');
const { invoiceHtml, printed } = await import('../../test/support/paper.ts');
const { askAbout, servedDesk } = await import('../../test/support/paper-desk.ts');
const { time } = await import('../../test/support/world.ts');

const LOOKS: Record<string, BrowserContextOptions> = {
  wide: { viewport: { width: 520, height: 760 }, colorScheme: 'light' },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  dark: { viewport: { width: 820, height: 900 }, colorScheme: 'dark' },
  plain: { viewport: { width: 390, height: 844 }, javaScriptEnabled: false },
};

const [everything] = process.argv.slice(2);
const folder = everything === undefined ? undefined : resolve(everything);
if (folder) mkdirSync(folder, { recursive: true });

time.freeze();
const browser = await launchBrowser();
askAbout(await printed(browser, invoiceHtml(), folder ? 150 : 100));
const desk = await servedDesk();
for (const [look, options] of Object.entries(LOOKS)) {
  if (!folder && look !== 'wide') continue;
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(desk.page, { waitUntil: 'networkidle' });
  const papers = page.locator('.papers');
  await papers.locator('.sheet img').first().scrollIntoViewIfNeeded();
  await page.waitForLoadState('networkidle');
  if (folder) await page.screenshot({ path: join(folder, `document-${look}.png`), fullPage: true });
  else {
    await page.evaluate("document.querySelector('.papers').scrollIntoView()");
    await page.screenshot({ path: join(import.meta.dirname, 'approval-document.png') });
  }
  await context.close();
}
await browser.close();
await desk.close();
