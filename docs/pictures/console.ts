import { mkdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';

/*
 * Photographs every page of the console, with made-up approvals in memory: no emulator, no run. `npx node docs/pictures/console.ts`
 * renews the pictures that the documentation shows; with a folder behind it, every page goes there instead: wide, on a phone, dark
 * and without scripts (and only those whose name holds the word behind the folder).
 */

// The stand-ins that tests put before the AWS clients, the bucket and the keys.
const STANDS_IN: Record<string, string> = {
  aws: 'clients',
  objects: 'content',
  'signed/ask-keys': 'own-keys',
};
const ROOT = join(import.meta.dirname, '../..');
registerHooks({
  resolve(specifier, context, next) {
    const [, name = ''] = /kit\/(aws|objects|signed\/ask-keys)\.ts$/.exec(next(specifier, context).url) ?? [];
    const double = STANDS_IN[name];
    return next(double ? join(ROOT, 'test/support', `${double}.ts`) : specifier, context);
  },
});

const { busyDesk } = await import('./console-desk.ts');
const { PAGES } = await import('./console-shots.ts');
const { launchBrowser } = await import('../../test/support/browser.ts');

const LOOKS: Record<string, BrowserContextOptions> = {
  wide: { viewport: { width: 1180, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  dark: { viewport: { width: 1180, height: 800 }, colorScheme: 'dark' },
  plain: { viewport: { width: 1180, height: 800 }, colorScheme: 'light', javaScriptEnabled: false },
};

const [everything, only = ''] = process.argv.slice(2);
const folder = everything === undefined ? undefined : resolve(everything);
if (folder) mkdirSync(folder, { recursive: true });

const desk = await busyDesk();
const browser = await launchBrowser();
for (const { name, path, as, form, kept = {} } of PAGES) {
  if (!name.includes(only)) continue;
  for (const [look, options] of Object.entries(LOOKS)) {
    const size = folder ? undefined : kept[look];
    if (!size && !folder) continue;
    const context = await browser.newContext(options);
    await context.addCookies(await desk.cookies(as));
    const page = await context.newPage();
    if (size) await page.setViewportSize(size);
    await page.goto(`${desk.url}${path}`);
    if (form) await form(page);
    if (size)
      await page.screenshot({
        path: join(import.meta.dirname, `console-${name}${look === 'wide' ? '' : `-${look}`}.png`),
      });
    if (folder) await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    await context.close();
  }
}
// The report of a week as a mail, as programs of its readers show it.
const MAILS: Record<string, { width: number; height: number } | undefined> = {
  wide: { width: 760, height: 1000 },
  phone: { width: 390, height: 844 },
};
for (const [look, options] of Object.entries(LOOKS)) {
  const size = folder ? undefined : MAILS[look];
  if (!size && !(folder && 'mail'.includes(only))) continue;
  const page = await browser.newPage(size ? { ...options, viewport: size } : options);
  await page.setContent(desk.mail);
  const name = `${folder ? '' : 'report-'}mail${folder || look !== 'wide' ? `-${look}` : ''}.png`;
  await page.screenshot({ path: join(folder ?? import.meta.dirname, name), fullPage: folder !== undefined });
  await page.close();
}
await browser.close();
await desk.close();
