import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { overflows, violations } from '../../../support/accessibility.ts';
import { mailsOf, STATES, servedPages } from '../../../support/approval-states.ts';
import { launchBrowser } from '../../../support/browser.ts';
import { row } from '../../../support/desk.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

let browser: Browser;
let pages: Awaited<ReturnType<typeof servedPages>>;

beforeAll(async () => {
  browser = await launchBrowser();
  pages = await servedPages();
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;
const state = (name: string) => STATES.find((it) => it.name === name) ?? expect.fail(name);

async function opened(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(5000);
  await page.goto(pages.url(state(name)));
  await state(name).act?.(page);
  return page;
}

describe.each([
  ['a wide screen', { viewport: { width: 1280, height: 860 } }],
  ['a phone in the dark', { ...PHONE, colorScheme: 'dark' }],
] as const)('on %s', (_name, options) => {
  it.each(STATES.map(({ name }) => name))(
    'the page has no fault that a program can see, and nothing sticks out: %s',
    async (name) => {
      const page = await opened(name, options);
      await page.evaluate('document.querySelectorAll("details").forEach(it => { it.open = true })');
      expect(await violations(page)).toEqual([]);
      expect(await overflows(page)).toBe(false);
      await page.context().close();
    },
  );

  it('no mail has one', async () => {
    const page = await (await browser.newContext(options)).newPage();
    for (const [name, { html }] of Object.entries(await mailsOf())) {
      await page.setContent(html);
      expect(await violations(page), name).toEqual([]);
      expect(await overflows(page), name).toBe(false);
    }
    await page.context().close();
  });
});

describe('on the first screen of a phone', () => {
  const boxOf = async (page: Page, selector: string) =>
    (await page.locator(selector).first().boundingBox()) ?? expect.fail(`${selector} is not there`);

  it.each([
    ['open', '.decide button.approve'],
    ['open', '.decide button.reject'],
    ['open-long', '.jump a'],
    ['asked-again', '.jump a'],
  ])('%s shows what came in begun, or what is different, and %s within reach', async (name, selector) => {
    const page = await opened(name, PHONE);
    const button = await boxOf(page, selector);
    expect(button.y + button.height).toBeLessThanOrEqual(844);
    const begun = await boxOf(page, name === 'asked-again' ? '.changed' : 'figure blockquote');
    expect(begun.y + 40).toBeLessThan(button.y);
    await page.context().close();
  });

  it('leads from the way to the decision to its form', async () => {
    const page = await opened('open-long', PHONE);
    await page.locator('.jump a').click();
    const approve = await boxOf(page, '.decide button.approve');
    expect(approve.y).toBeLessThan(844);
    await page.context().close();
  });

  it('breaks no name of a value letter by letter', async () => {
    const page = await opened('open-long', PHONE);
    await page.locator('summary', { hasText: 'All values' }).click();
    for (const name of await page.locator('.values th').all()) {
      const box = (await name.boundingBox()) ?? expect.fail('a name is shown');
      expect(box.height).toBeLessThan(40);
      expect(box.width).toBeGreaterThan(60);
    }
    await page.context().close();
  });
});

/** Goes on with the tabulator until something has the focus whose text begins like this. */
async function tabTo(page: Page, begins: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const at = (await page.evaluate(
      '(document.activeElement?.id ? "#" + document.activeElement.id + " " : "") + (document.activeElement?.textContent ?? "")',
    )) as string;
    if (at.trim().startsWith(begins) || at.startsWith(`#${begins}`)) return;
  }
  expect.fail(`the keyboard does not reach ${begins}`);
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('with the keyboard alone, %s', (_name, javaScriptEnabled) => {
  it('a proposal is changed, approved with a reason, and confirmed', async () => {
    const page = await opened('open', { javaScriptEnabled });
    await tabTo(page, 'comment');
    await page.keyboard.type('The photo shows it.');
    await tabTo(page, 'Change it before');
    await page.keyboard.press('Enter');
    await tabTo(page, 'amount');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('50.00');
    await tabTo(page, 'Approve');
    expect(row().status).toBe('pending');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Approve this?' }).waitFor();
    expect(row().status).toBe('pending');
    await tabTo(page, 'Yes, approve');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Approved: / }).waitFor();
    expect(row()).toMatchObject({ decision: 'approve', comment: 'The photo shows it.' });
    expect(row().edits).toEqual([{ field: 'amount', from: '64.00', to: '50.00' }]);
    await page.context().close();
  });

  it('a decision is recorded, and undone', async () => {
    const page = await opened('undo', { javaScriptEnabled });
    expect(row().status).toBe('decided');
    await tabTo(page, 'Undo my decision');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    expect(row().status).toBe('pending');
    await page.context().close();
  });

  it('one is claimed, released, sent back and handed over', async () => {
    for (const [button, says] of [
      ['I am working on it', 'You are working on it'],
      ['Escalate to bosses', 'Handed over to bosses'],
      ['Hand over', 'Handed over to eve@example.com'],
    ] as const) {
      const page = await opened('open-long', { javaScriptEnabled });
      await tabTo(page, 'More options');
      await page.keyboard.press('Enter');
      await tabTo(page, button);
      await page.keyboard.press('Enter');
      await page.getByText(says).first().waitFor();
      await page.context().close();
    }
    const page = await opened('open-long', { javaScriptEnabled });
    await tabTo(page, 'comment');
    await page.keyboard.type('Kinder, please.');
    await tabTo(page, 'More options');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Send back');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Sent back/ }).waitFor();
    expect(row().decision).toBe('again');
    await page.context().close();
  });

  it('what is claimed by another cannot be pressed, and Enter in a field decides nothing', async () => {
    const page = await opened('claimed', { javaScriptEnabled });
    expect(await page.getByRole('button', { name: /^Approve/ }).isDisabled()).toBe(true);
    await page.context().close();
    const other = await opened('catastrophic', { javaScriptEnabled });
    await other.locator('#confirm').focus();
    await other.keyboard.type('mara@example.com');
    await other.keyboard.press('Enter');
    expect(row().status).toBe('pending');
    await other.context().close();
  });
});

it('a browser in another zone adds its own time, and no page breaks its policy for scripts', async () => {
  const page = await opened('open', { timezoneId: 'Asia/Kolkata' });
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.reload();
  expect(await page.locator('.until').textContent()).toContain('2026-12-01 09:30 UTC, 15:00 your time');
  expect(faults).toEqual([]);
  await page.context().close();
});

it('what exactly is done is on the first screen of a phone wherever its buttons are', async () => {
  for (const name of ['open', 'claimed', 'catastrophic']) {
    const page = await opened(name, PHONE);
    const values = (await page.locator('.shows dl').boundingBox()) ?? expect.fail('values are shown');
    const bar = (await page.locator('.decide').boundingBox()) ?? expect.fail('buttons are shown');
    expect(values.y + values.height, name).toBeLessThanOrEqual(bar.y);
    await page.context().close();
  }
});
