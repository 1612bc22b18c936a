import { beforeEach, expect, it, vi } from 'vitest';
import { policy } from '../../automations/refund-request/evaluate.ts';
import { freshHouse, house, mainOf, signedIn } from '../support/console.ts';
import { world } from '../support/world.ts';
import { chosen, PATH, proposed } from './audited.ts';

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
  proposed({ label, evidence });
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
  proposed({ evidence, grounds: { facts: { answers } } });
  const ann = await signedIn('ann@example.com');
  const { text } = await ann.get(PATH);
  expect(text).toContain('What was said about order');
  expect(text).toContain('delivered &lt;b&gt;');
  expect(text).not.toContain('Delivered on 24 November.');
  const { text: after } = await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
  const page = after.includes('What was done') ? after : (await ann.get(PATH)).text;
  expect(page).toContain('Delivered on 24 November.');
});

it('shows no evidence on the pages of documents before the answer, and them in their order', async () => {
  const pages = ['Total 48.02 Already paid', 'terms of trade'].map((text) => ({
    words: [],
    text,
    source: 'text',
  }));
  world.content.set('bucket/reading.json', JSON.stringify({ type: 'pdf', suspicions: [], pages }));
  const documents = [{ ref: 'doc-1', name: 'bill.pdf', pages: 2, readingKey: 'reading.json' }];
  const ann = await signedIn('ann@example.com');
  const page = async (source: string, quote: string) => {
    proposed({ documents, evidence: [{ source, quote }] });
    return mainOf((await ann.get(PATH)).text).replaceAll(/value="[^"]*"/g, '');
  };
  const paid = await page('document:doc-1#1', 'Already paid');
  expect(paid).toContain('bill.pdf');
  expect(paid).not.toContain('evidence');
  expect(await page('document:doc-1#1', 'Total 48.02')).toBe(paid);
  expect(await page('document:doc-1#2', 'terms of trade')).toBe(paid);
  const { text } = await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
  expect(text).toContain('<q>terms of trade</q>');
});
