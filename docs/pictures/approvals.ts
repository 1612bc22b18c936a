import { mkdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';

/*
 * Photographs the approval page in each of its states, and each mail, with made-up approvals in memory: no emulator, no run.
 * `npx node docs/pictures/approvals.ts` renews the pictures that the documentation shows; with a folder behind it, everything goes
 * there instead: wide, on a phone, dark and without scripts (and only what holds the word behind the folder).
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

const { mailsOf, STATES, servedPages } = await import('../../test/support/approval-states.ts');
const { launchBrowser } = await import('../../test/support/browser.ts');

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
const LOOKS: Record<string, BrowserContextOptions> = {
  wide: { viewport: { width: 820, height: 900 }, colorScheme: 'light' },
  phone: { ...PHONE, colorScheme: 'light' },
  dark: { ...PHONE, colorScheme: 'dark' },
  plain: { viewport: { width: 820, height: 900 }, colorScheme: 'light', javaScriptEnabled: false },
};

/** What the documentation keeps, by state and look; a little lower than a phone, or the pictures get too heavy. */
const KEPT: Record<string, string> = {
  'open-wide': 'approval',
  'open-phone': 'approval-phone',
  'asked-again-phone': 'approval-asked-again-phone',
  'catastrophic-dark': 'approval-catastrophic-dark',
  'claimed-phone': 'approval-claimed-phone',
  'failed-phone': 'approval-failed-phone',
  'list-phone': 'approval-list-phone',
  'list-failed-dark': 'approval-list-failed-dark',
  'first-phone': 'mail-first-phone',
  'failed-parked-dark': 'mail-failed-dark',
};

const [everything, only = ''] = process.argv.slice(2);
const folder = everything === undefined ? undefined : resolve(everything);
if (folder) mkdirSync(folder, { recursive: true });

async function picture(page: Page, name: string, kept: string | undefined): Promise<void> {
  if (folder) {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.screenshot({ path: join(folder, `${name}-whole.png`), fullPage: true });
  } else if (kept) {
    await page.setViewportSize(
      kept === 'approval' ? { width: 820, height: 720 } : { width: 390, height: 780 },
    );
    await page.screenshot({ path: join(import.meta.dirname, `${kept}.png`) });
  }
}

const pages = await servedPages();
const browser = await launchBrowser();
for (const [look, options] of Object.entries(LOOKS)) {
  for (const state of STATES.filter(({ name }) => name.includes(only))) {
    const name = `${state.name}-${look}`;
    if (!folder && !KEPT[name]) continue;
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(pages.url(state));
    await state.act?.(page);
    await picture(page, `approval-${name}`, KEPT[name]);
    await page.context().close();
  }
  for (const [mail, { html }] of Object.entries(await mailsOf())) {
    const name = `${mail}-${look}`;
    if (!mail.includes(only) || (!folder && !KEPT[name])) continue;
    const page = await (await browser.newContext(options)).newPage();
    await page.setContent(html);
    await picture(page, `mail-${name}`, KEPT[name]);
    await page.context().close();
  }
}
await browser.close();
await pages.close();
