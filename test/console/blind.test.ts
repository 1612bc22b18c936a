import { beforeEach, expect, it, vi } from 'vitest';
import { policy } from '../../automations/refund-request/evaluate.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { freshHouse, house, mainOf, signedIn } from '../support/console.ts';
import { proposal } from '../support/fixtures.ts';
import { world } from '../support/world.ts';
import { chosen, ITEM, PATH } from './audited.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/signed/invoke.ts', () => import('../support/commands.ts'));

beforeEach(async () => {
  freshHouse();
  house.audit = { share: 0.05, group: 'leads', target: 0.99 };
  await chosen();
});

/** As `automations/refund-request/evaluate.ts` puts it together: rules that the diagnosis names, then the complaint. */
function judgedBy(rule: string, label: string) {
  const evidence = policy.filter((it) => it.rule === rule).map(({ text }) => ({ source: rule, quote: text }));
  const document = proposal({ itemId: ITEM, label, verdict: 'act', evidence } as never);
  const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
  world.content.set(`bucket/items/${ITEM}/proposal-g1.json`, JSON.stringify(document));
  world.tables.put('items', { ...row, proposalDigest: digest(document) } as never);
}

it('an audit of one and the same request looks the same, whatever a model made of it', async () => {
  const ann = await signedIn('ann@example.com');
  const page = async () => mainOf((await ann.get(PATH)).text).replaceAll(/value="[^"]*"/g, '');
  judgedBy('R1', 'duplicate-charge');
  const refunded = await page();
  judgedBy('R7', 'not-received');
  const denied = await page();
  expect(denied).toBe(refunded);
});

it('shows what sources said whole, and the evidence after the answer alone', async () => {
  const evidence = [{ source: 'order', quote: 'Delivered on 24 November.' }];
  const answers = { order: [{ state: 'delivered <b>', refunds: [] }] };
  const document = proposal({ itemId: ITEM, label: 'Billing', verdict: 'act', evidence } as never);
  const kept = { ...document, grounds: { facts: { answers } } };
  const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
  world.content.set(`bucket/items/${ITEM}/proposal-g1.json`, JSON.stringify(kept));
  world.tables.put('items', { ...row, proposalDigest: digest(kept) } as never);
  const ann = await signedIn('ann@example.com');
  const { text } = await ann.get(PATH);
  expect(text).toContain('What was said about order');
  expect(text).toContain('delivered &lt;b&gt;');
  expect(text).not.toContain('Delivered on 24 November.');
  const { text: after } = await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
  const page = after.includes('What was done') ? after : (await ann.get(PATH)).text;
  expect(page).toContain('Delivered on 24 November.');
});
