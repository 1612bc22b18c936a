import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { overflows, violations } from '../support/accessibility.ts';
import { ask, fresh, REFUND, reaches, say, submit, TICKET } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { pass } from '../support/desk-clock.ts';

/* Every state of an approval page: no violation of WCAG 2.2 AA, light and dark, wide and narrow. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());

const REASON = { comment: 'seen the photo' };
/** As long as an order number may be, and nowhere to break it. */
const LONG = { orderId: `W${crypto.randomUUID().replaceAll('-', '').padEnd(39, '7')}` };

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  return page;
}

const refund = (more: object = {}) => ask('refund-request', { ...fresh(REFUND.large), ...more });

async function approve(page: Page, comment: string): Promise<void> {
  const reason = page.getByLabel(/^Your reason|^Comment/);
  await reason.fill(comment);
  await page.getByRole('button', { name: /^Approve/ }).click();
}

/** And once more, on the page that asks for it. */
async function decide(page: Page, comment: string): Promise<void> {
  await approve(page, comment);
  await page.getByRole('button', { name: /^Yes, approve/ }).click();
}

/** Each leads a page into one of its states, and names what stands there. */
const STATES: [string, () => Promise<Page>, string | RegExp][] = [
  ['a question', async () => open((await refund(LONG)).of('anna')), /^Refund USD 240\.00/],
  [
    'a question with everything unfolded',
    async () => {
      const page = await open((await refund()).of('anna'));
      for (const summary of await page.locator('summary').all()) await summary.click();
      return page;
    },
    /^Refund USD/,
  ],
  [
    'a question that a colleague is on, with a vote, changed and handed over',
    async () => {
      const { of } = await ask('refund-request', fresh(REFUND.board));
      // No rule grants just that: it counts when it is sent once more.
      const change = { decision: 'approve', amount: '11000.00', ...REASON };
      const { fields } = await say(of('anna'), 'approve', change);
      await submit(of('anna'), { ...fields, ...change });
      await say(of('ben'), 'claim');
      return open(of('carla'));
    },
    /^Refund USD 11000\.00/,
  ],
  [
    'a fault',
    async () => {
      const page = await open((await refund()).of('anna'));
      await approve(page, ' ');
      await page.getByRole('alert').waitFor();
      return page;
    },
    /^Refund USD/,
  ],
  [
    'a second look',
    async () => {
      const page = await open((await ask('refund-request', fresh(REFUND.partial))).of('anna'));
      await page.getByText('Change it before you approve').click();
      await page.getByLabel('Amount').fill('450.00');
      await approve(page, 'a regular');
      await page.getByRole('alert').waitFor();
      return page;
    },
    /^Refund USD 450\.00/,
  ],
  [
    'a decision that is to be confirmed',
    async () => {
      const page = await open((await refund(LONG)).of('anna'));
      await approve(page, 'seen the photo');
      return page;
    },
    'Approve this?',
  ],
  [
    'the thanks',
    async () => {
      const page = await open((await refund(LONG)).of('anna'));
      await decide(page, 'seen the photo');
      return page;
    },
    /^Approved: Refund/,
  ],
  [
    'the thanks, with the way back',
    async () => {
      const page = await open((await ask('support-triage', TICKET)).of('support-lead'));
      await approve(page, '');
      await page.getByRole('button', { name: /^Undo/ }).waitFor();
      return page;
    },
    /^Approved: Assign/,
  ],
  [
    'a vote',
    async () => {
      const page = await open((await ask('refund-request', fresh(REFUND.board))).of('ben'));
      await decide(page, 'seen the photo');
      return page;
    },
    'Your approval counts: 1 of 2',
  ],
  [
    'a decision of somebody else',
    async () => {
      const { id, of } = await refund();
      await say(of('ben'), 'reject', REASON);
      await reaches(id, 'rejected');
      return open(of('anna'));
    },
    'Already decided: rejected',
  ],
  [
    'a question that is closed',
    async () => {
      const { approvalId, of } = await refund();
      await pass(approvalId, 'closesAt');
      return open(of('anna'));
    },
    'This approval is closed',
  ],
  [
    'a link that leads nowhere',
    async () => open((await refund()).of('anna').replace(/t=.*/, 't=x')),
    'No such link',
  ],
];

describe('a program that judges accessibility', () => {
  it.each(STATES)('objects to nothing in %s', async (_name, reach, title) => {
    const page = await reach();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    expect(await page.title()).toMatch(/ · Signalbox$/);
    for (const width of [1280, 360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), `${width} px, ${colorScheme}`).toEqual([]);
      }
      expect(await overflows(page), `${width} px`).toBe(false);
    }
  });
});

describe('the first screen', () => {
  it.each([
    [1280, 800, 'refund-request', REFUND.large, 'anna'],
    [1280, 800, 'refund-request', REFUND.board, 'carla'],
    [1280, 800, 'refund-request', REFUND.partial, 'ben'],
    [360, 740, 'refund-request', REFUND.large, 'anna'],
    [390, 844, 'refund-request', REFUND.board, 'carla'],
  ])(
    'of %i × %i has what would happen, why, and both buttons: %s',
    async (width, height, automation, body, who) => {
      const { of } = await ask(automation, fresh(body));
      const page = await open(of(who), { viewport: { width, height } });
      const decision = [
        page.getByRole('heading', { level: 1 }),
        page.getByText('the amount is at or above 100.00'),
        page.getByRole('button', { name: /^Approve/ }),
        page.getByRole('button', { name: /^Reject/ }),
      ];
      for (const part of decision) {
        const box = await part.boundingBox();
        expect(box?.y).toBeGreaterThanOrEqual(0);
        expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      }
      for (const button of decision.slice(2)) {
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
    },
  );
});
