import { describe, expect, it, vi } from 'vitest';
import { setCaution } from '../../../lambdas/tables/control/caution.ts';
import { overflows, violations } from '../../support/accessibility.ts';
import { FAMILY } from '../../support/approval-found.ts';
import { house, put } from '../../support/console.ts';
import { lineageEntry } from '../../support/fixtures.ts';
import { fortnight } from '../../support/hours.ts';
import { keepIt, rehearsal } from '../../support/rehearsed.ts';
import { released } from '../../support/released.ts';
import { BY_AMOUNT, judgedItem } from '../../support/what-if.ts';
import { world } from '../../support/world.ts';
import { opened, small, withBrowser } from '../browser-world.ts';
import { ITEMS, idOf, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

withBrowser();

const REASON = 'the ledger is up again';

/** A night on which something of everything went wrong. */
async function night(): Promise<void> {
  world.queueNames.set('signalbox-test-demo-work', 'work').set('signalbox-test-demo-dead-letters', 'dead');
  const source = 'signalbox-test-demo-work';
  world.resting.put('dead', JSON.stringify({ itemId: idOf('d1'), generation: 1 }), { source });
  world.resting.put('dead', `no JSON ${'x'.repeat(200)}`);
  for (let at = 0; at < 30; at += 1) rests(`b${100 + at}`, at, { label: 'Billing' });
  rests('c1', 40, {
    status: 'quarantined',
    stage: 'intake',
    error: { class: 'InputError', message: `no order W${'7'.repeat(60)}` },
  });
  const asked = put('item-x');
  rests('d1', 50, {
    ...{ ...FAMILY, approvalId: asked.id, proposalKey: asked.proposalKey, label: 'Billing', verdict: 'ask' },
    reasons: ['The amount is above what acts alone.'],
    lineage: [lineageEntry({})],
    action: { name: 'pay', status: 'failed', idempotencyKey: `${idOf('d1')}-1` },
  });
  await setCaution('control', 'demo', { on: true, actions: ['pay'], labels: [], reason: REASON, by: 'ops' });
}

describe.each([
  ['a wide screen', { viewport: { width: 1280, height: 860 }, colorScheme: 'light' }],
  ['a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
] as const)('on %s', (_name, options) => {
  it('every page of operators is sound, and many items are redriven', async () => {
    const page = await opened('olga@example.com', options);
    await night();
    const look = async (what: string) => {
      expect(await violations(page), what).toEqual([]);
      expect(await overflows(page), what).toBe(false);
      expect(await small(page), what).toEqual([]);
    };
    await page.getByRole('link', { name: 'Operate' }).click();
    await page.getByRole('heading', { level: 1, name: '32 items stuck' }).waitFor();
    await look('overview');
    await page.getByRole('link', { name: 'Dead letters' }).click();
    await look('dead letters');
    await page.getByRole('link', { name: 'demo', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '2 dead letters of demo' }).waitFor();
    await look('dead letters of one');
    await page.goto(`${house.baseUrl}${ITEMS}/${idOf('d1')}`);
    await look('story');
    await page.goto(`${house.baseUrl}${ITEMS}/${idOf('b100')}`);
    await page.locator('summary', { hasText: 'Withdraw it' }).click();
    await look('withdraw');
    await fortnight();
    await page.getByRole('link', { name: 'Automations' }).click();
    await look('automations');
    await page.getByRole('link', { name: 'The report of the week' }).click();
    await look('report');
    await page.getByRole('link', { name: 'demo', exact: true }).click();
    await page.locator('summary', { hasText: 'The numbers as a table' }).first().click();
    await look('control room');
    await page.getByLabel('What you found').fill('limits still fit');
    await page.getByRole('button', { name: 'I have reviewed it' }).click();
    await page.getByText('The review is on record.').waitFor();
    await page.goto(`${house.baseUrl}/console/operate/hold?automation=demo`);
    await look('hold');
    await released();
    await page.goto(`${house.baseUrl}/console/automations/demo/releases`);
    await keepIt({
      ...rehearsal,
      ...{ id: 'abcd', by: 'ops', at: '2026-11-29T09:00:00.000Z' },
    });
    await page.reload();
    await look('releases');
    await page.getByRole('link', { name: 'route.v2', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'route.v2, rehearsed' }).waitFor();
    await look('rehearsal');
    await page.goto(`${house.baseUrl}/console/automations/demo`);
    await look('marks');
    house.policy = BY_AMOUNT as never;
    for (let at = 1; at <= 40; at += 1) judgedItem(at, String(at * 7), at % 3 ? 'approve' : 'reject');
    await page.goto(`${house.baseUrl}/console/automations/demo`);
    await look('what-if on the page');
    await page.getByLabel('amount, as a number').fill('150');
    await page.getByRole('button', { name: 'See what it would have done' }).click();
    await page.getByRole('heading', { name: 'With amount 150 instead of 100' }).waitFor();
    await look('what-if');
    await page.goto(`${house.baseUrl}${ITEMS}?automation=demo&class=TransientError`);
    await look('list');
    await page.locator('#many-reason').fill(REASON);
    await page.getByRole('button', { name: 'See what would go on' }).click();
    await page.getByRole('heading', { level: 1, name: 'Let 30 items go on?' }).waitFor();
    await look('preview');
    await page.getByRole('button', { name: 'Yes, redrive 30 items' }).click();
    await page.getByRole('heading', { level: 1, name: /^Redrive/ }).waitFor();
    await look('redrive');
    await page.context().close();
  });
});

it('everything works without scripts', async () => {
  const page = await opened('olga@example.com', { javaScriptEnabled: false });
  await night();
  await page.getByRole('link', { name: 'Operate' }).press('Enter');
  await page.getByRole('link', { name: 'Find items' }).press('Enter');
  await page.getByLabel('Search', { exact: true }).fill('00d1');
  await page.getByRole('button', { name: 'Show' }).press('Enter');
  await page.locator('#redrive-reason').fill(REASON);
  await page.getByRole('button', { name: 'Redrive this item' }).press('Enter');
  await page.getByText('It goes on, as generation 2.').waitFor();
  await page.goto(`${house.baseUrl}/console/operate/dead-letters/demo`);
  await page.getByLabel('Mark message 1').check();
  await page.locator('#dead-reason').fill(REASON);
  await page.getByRole('button', { name: 'Move back what is marked' }).press('Enter');
  await page.getByText('1 moved back.').waitFor();
  house.policy = BY_AMOUNT as never;
  judgedItem(1, '120', 'approve');
  await page.goto(`${house.baseUrl}/console/automations/demo/what-if`);
  await page.getByLabel('amount, by a slider').press('End');
  await page.getByRole('button', { name: 'See what it would have done' }).press('Enter');
  await page.getByRole('heading', { name: 'With amount 1000 instead of 100' }).waitFor();
  await page.context().close();
});
