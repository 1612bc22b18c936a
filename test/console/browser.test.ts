import { describe, expect, it, vi } from 'vitest';
import { SHIFTS, USUAL } from '../../bench/drift-weeks.ts';
import { overflows, violations } from '../support/accessibility.ts';
import { house, put, stored } from '../support/console.ts';
import { drifted } from '../support/drifted.ts';
import { fortnight } from '../support/hours.ts';
import { chosen, PATH } from './audited.ts';
import { busy, focused, heading, opened, small, withBrowser } from './browser-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

withBrowser();

describe.each([
  ['a wide screen', { viewport: { width: 1280, height: 860 }, colorScheme: 'light' }],
  ['a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
] as const)('on %s', (_name, options) => {
  it('no page has a fault that a program can see, sticks out, or has a target that is too small', async () => {
    const page = await opened('olga@example.com', options);
    busy();
    await drifted(SHIFTS[5]?.to ?? USUAL);
    const paths = [
      '',
      '?whose=mine',
      '/approvals/item-a-g1',
      '/approvals/item-e-g1',
      '/decided',
      '/statistics',
      '/nothing',
      '?sort=amount&search=pay',
      '/approvals/item-g-g1',
      '/approvals/item-h-g1',
      '/approvals/item-i-g1',
      '/audit?person=bob',
      '/audit?person=nobody',
      '/caution',
      '/operate/items?status=any',
      '/operate/items?automation=demo',
      '/operate/items/item-i',
      '/automations/demo',
      '/automations/demo/drift',
    ];
    for (const path of [...paths, '/audit?from=2026-12&to=2026-12', '/me', '/sign-in', '/sign-in/x']) {
      await page.goto(`${house.baseUrl}/console${path}`);
      expect(await violations(page), path).toEqual([]);
      expect(await overflows(page), path).toBe(false);
      expect(await small(page), path).toEqual([]);
    }
    await page.context().close();
    const ann = await opened('ann@example.com', options);
    const many = '/many?what=approve&id=item-f-g1&id=item-b-g1&id=item-c-g1';
    for (const path of [
      '',
      '?mark=all',
      many,
      '/many',
      '/statistics',
      '/approvals/item-a-g1',
      '/approvals/item-c-g1',
      '/me',
    ]) {
      await ann.goto(`${house.baseUrl}/console${path}`);
      await ann.evaluate('document.querySelectorAll("details").forEach(it => { it.open = true })');
      expect(await violations(ann), path).toEqual([]);
      expect(await overflows(ann), path).toBe(false);
    }
    house.audit = { share: 0.05, group: 'leads', target: 0.99, fields: ['amount'] };
    await chosen();
    const sound = async (what: string) => {
      expect(await violations(ann), what).toEqual([]);
      expect(await overflows(ann), what).toBe(false);
      expect(await small(ann), what).toEqual([]);
    };
    await ann.goto(`${house.baseUrl}/console/audits`);
    await sound('audits');
    await ann.goto(`${house.baseUrl}${PATH}`);
    await sound('audit');
    await ann.locator('#label').selectOption('other');
    await ann.locator('#verdict').selectOption('refuse');
    await ann.getByRole('button', { name: 'Record my answer' }).click();
    await ann.getByText('What was done').waitFor();
    await sound('audited');
    await ann.context().close();
  });
});

describe('with the keyboard alone', () => {
  it('a question is found, read and approved with a reason', async () => {
    const page = await opened('ann@example.com');
    busy();
    await page.reload();
    expect(await heading(page)).toBe('4 approvals wait for you');
    for (const key of ['j', 'j', 'j', 'j', 'k', 'k', 'k']) await page.keyboard.press(key);
    expect(await focused(page)).toBe('Pay EUR 24.90');
    await page.keyboard.press('Enter');
    await page.waitForURL(/item-a-g1$/);

    await page.keyboard.press('e');
    expect(await page.evaluate('document.activeElement.id')).toBe('amount');
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.keyboard.type('A reason with j, k, a, c and u in it.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    expect(await focused(page)).toBe('Reject: do nothing');
    await page.keyboard.press('a');
    expect(await focused(page)).toBe('Approve: Pay EUR 24.90');
    expect(stored('item-a').version).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Approved: Pay EUR 24.90' }).waitFor();
    expect(stored('item-a').comment).toBe('A reason with j, k, a, c and u in it.');
    await page.context().close();
  });

  it('a question is claimed, and a decision taken back', async () => {
    const page = await opened('ann@example.com');
    put('item-a');
    await page.goto(`${house.baseUrl}/console/approvals/item-a-g1`);
    await page.keyboard.press('c');
    await page.getByText('You are working on it').waitFor();
    expect(stored('item-a').claim?.by).toBe('ann@example.com');
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Pay EUR 24.90', exact: true }).waitFor();
    expect(
      stored('item-a')
        .trail.map(({ event }) => event)
        .slice(-3),
    ).toEqual(['approved', 'decided', 'undone']);
    await page.context().close();
  });

  it('the keys are told, and leave alone who types, holds another key, or has switched them off', async () => {
    const page = await opened('ann@example.com');
    put('item-a');
    await page.goto(`${house.baseUrl}/console/approvals/item-a-g1`);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('c');
    await page.keyboard.press('Escape');
    for (const held of ['Control+c', 'Alt+c', 'Meta+c']) await page.keyboard.press(held);
    await page.getByLabel('Comment').focus();
    await page.keyboard.type('c');
    await page.goto(`${house.baseUrl}/console/me`);
    await page.getByRole('button', { name: 'Switch them off' }).press('Enter');
    await page.getByText('Keyboard shortcuts are off now').waitFor();
    await page.goto(`${house.baseUrl}/console/approvals/item-a-g1`);
    for (const key of ['c', 'a', '?']) await page.keyboard.press(key);
    expect(await focused(page)).toBe('');
    expect(stored('item-a').version).toBe(1);
    await page.context().close();
  });

  it('the way past the navigation comes first, and leads to the content', async () => {
    const page = await opened('ann@example.com');
    await page.goto(`${house.baseUrl}/console/decided`);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    expect(await page.locator(':focus').isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('month');
    await page.context().close();
  });
});

it('on a phone, the days of the statistics begin at the newest', async () => {
  const page = await opened('olga@example.com', {
    viewport: { width: 360, height: 740 },
    javaScriptEnabled: false,
  });
  busy();
  await page.goto(`${house.baseUrl}/console/statistics`);
  const days = page.locator('.scroll:has(> svg.broad)').first();
  const frame = await days.boundingBox();
  const drawing = await days.locator('svg').boundingBox();
  expect(drawing?.width).toBeGreaterThan((frame?.width ?? 0) + 100);
  expect((drawing?.x ?? 0) + (drawing?.width ?? 0)).toBeLessThanOrEqual(
    (frame?.x ?? 0) + (frame?.width ?? 0) + 1,
  );
  await page.context().close();
});

it('everything works without scripts', async () => {
  const page = await opened('ann@example.com', { javaScriptEnabled: false });
  put('item-a', { risk: 'consequential' });
  await page.reload();
  expect(await page.getByRole('button', { name: 'Keyboard shortcuts' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Pay EUR 24.90' }).press('Enter');
  await page.getByLabel('Your reason').fill('The photo shows it.');
  await page.getByRole('button', { name: /^Reject/ }).press('Enter');
  await page.getByRole('heading', { name: 'Rejected' }).waitFor();
  expect(stored('item-a').decision).toBe('reject');
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await page.context().close();
});

it('the buttons that stay in view cover no field that is open to be changed', async () => {
  const page = await opened('ann@example.com', { viewport: { width: 1000, height: 480 } });
  busy();
  await page.goto(`${house.baseUrl}/console/approvals/item-a-g1`);
  const amount = page.getByLabel('Amount');
  const bar = page.locator('.decide');
  const isCovered = async () => {
    const [field, buttons] = await Promise.all([amount.boundingBox(), bar.boundingBox()]);
    if (!field || !buttons) throw new Error('the field and the buttons are on the page');
    return field.y < buttons.y + buttons.height && buttons.y < field.y + field.height;
  };
  await page.locator('summary', { hasText: 'Change it' }).click();
  await amount.waitFor();
  for (const at of [0, 200, 400, 600, 800]) {
    await page.evaluate(`scrollTo(0, ${at})`);
    expect([at, await isCovered()]).toEqual([at, false]);
  }
  await page.context().close();
});

describe('the control room on paper', () => {
  it('is dark on light whatever the screen is, without navigation, and with the numbers of its charts', async () => {
    const page = await opened('ann@example.com', { colorScheme: 'dark' });
    await fortnight();
    await page.goto(`${house.baseUrl}/console/automations/demo`);
    const ink = () => page.evaluate('getComputedStyle(document.querySelector("h1")).color');
    const onScreen = await ink();
    const numbers = page.locator('figure table').first();
    expect(await numbers.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await numbers.isVisible()).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Console' }).isVisible()).toBe(false);
    expect(await ink()).toBe('rgb(27, 36, 48)');
    expect(onScreen).not.toBe(await ink());
    await page.context().close();
  });
});
