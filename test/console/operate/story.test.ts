import { beforeEach, expect, it, vi } from 'vitest';
import { type Browser, freshHouse, put, signedIn } from '../../support/console.ts';
import { lineageEntry } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';
import { ITEMS, idOf, REFUSED, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  olga = await signedIn('olga@example.com');
});

const story = (digits: string) => olga.get(`${ITEMS}/${idOf(digits)}`);

it('tells all of an item: how it stands, why, what it proposes, what was done, and its way here', async () => {
  put('item-x');
  const asked = world.tables.row<{ proposalKey: string }>('approvals', 'item-x-g1');
  const key = `${idOf('a1')}-3`;
  rests('a1', 9, {
    generation: 2,
    label: 'Billing',
    verdict: 'ask',
    reasons: ['The amount is above the limit.'],
    approvalId: 'item-x-g1',
    proposalKey: asked?.proposalKey ?? '',
    action: { name: 'pay', status: 'failed', idempotencyKey: key },
    ancestors: [idOf('b1')],
    children: [{ id: idOf('c1'), status: 'done', at: '2026-12-01T08:00:00.000Z' }],
    degraded: [{ step: 'orders', reason: 'no answer' }],
    documents: [{ ref: 'doc-1', status: 'read', type: 'application/pdf', pages: 3 }] as never,
    lineage: [lineageEntry({ model: 'small', step: 'route' })],
    timeline: [
      { at: '2026-12-01T08:00:00.000Z', event: 'received' },
      { at: '2026-12-01T08:02:00.000Z', event: 'parked', stage: 'act', class: 'TransientError' },
      { at: '2026-12-01T08:01:00.000Z', event: 'redriven', by: 'ops', reason: 'up again', generation: 2 },
    ],
  });
  const { status, text } = await story('a1');
  expect(status).toBe(200);
  for (const words of [
    ...[REFUSED, 'TransientError', 'Billing', 'The amount is above the limit.', 'orders: no answer'],
    ...['2, begun again 1 time', 'Pay EUR 24.90', '/console/approvals/item-x-g1', 'application/pdf, 3 pages'],
    ...[key, 'by: ops', 'reason: up again', 'small at house, route.v1', idOf('b1'), idOf('c1'), 'shop'],
  ])
    expect(text).toContain(words);
  expect(text.indexOf('redriven')).toBeLessThan(text.indexOf('stage: act'));
});

it('tells what was done instead of what was proposed', async () => {
  put('item-x');
  const row = world.tables.row<object>('approvals', 'item-x-g1');
  const edits = [{ field: 'amount', from: '109.27', to: '54.00 <b>' }];
  world.tables.put('approvals', { ...row, status: 'decided', decision: 'approve', edits } as never);
  rests('a1', 9, { approvalId: 'item-x-g1', status: 'done' });
  const { text } = await story('a1');
  expect(text).toContain('<b>amount</b>: <del>109.27</del> → <ins>54.00 &lt;b&gt;</ins>');
});

it('shows nobody what tokens stand for: not even an operator who is named like the client', async () => {
  rests('a1', 9, { private: true, client: 'olga@example.com', proposalKey: 'items/a1/proposal.json' });
  world.content.set(
    'bucket/items/a1/proposal.json',
    JSON.stringify({
      action: 'pay',
      parameters: { to: '[person-1]' },
      summary: 'Pay [person-1]',
      evidence: [],
      private: {},
    }),
  );
  expect((await story('a1')).text).toContain('Pay [person-1]');
});

it('answers for what is not there as for any other page', async () => {
  for (const id of [idOf('ff'), 'x'.repeat(500), '..%2f..', "'<b>"])
    expect((await olga.get(`${ITEMS}/${id}`)).status).toBe(404);
});

it('shows what strangers and operators wrote as words', async () => {
  const evil = '"><script>alert(1)</script>';
  rests('a1', 9, {
    ...{ label: evil, client: evil, reasons: [evil], error: { class: 'SystemError', message: evil } },
    timeline: [{ at: '2026-12-01T08:01:00.000Z', event: evil, by: evil, reason: evil, [evil]: evil }],
    action: { name: evil, status: 'done', idempotencyKey: evil, result: { status: 200, reference: evil } },
  });
  const { text } = await story('a1');
  expect(text).not.toContain(evil);
  expect(text.match(/<script>/g)?.length ?? 0).toBe(
    (await olga.get('/console/me')).text.match(/<script>/g)?.length,
  );
});
