import { beforeEach, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { HINTED } from '../../lambdas/gate/doubts/hints.ts';
import { writeHint } from '../../lambdas/tables/idempotency/hints.ts';
import { automation, type Demo, door, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

const PAGE = 'To be paid: 20.00';
vi.mock('../../lambdas/process/given/documents.ts', () => ({
  documentsOf: async () => [
    {
      ...{ ref: 'doc-1', name: 'bill.pdf', type: 'pdf', suspicions: [], readingKey: 'items/x/1.json' },
      pages: [{ text: PAGE, words: [], source: 'text', pictureDigest: '' }],
    },
  ],
}));

const learning: Automation<Demo> = {
  ...automation,
  documents: { types: ['pdf'], mostBytes: 1000, mostPages: 1, most: 1 },
  hints: {
    ...{ action: 'pay', group: 'vendor' },
    fields: { amount: { labelsOf: () => [], valuesAt: (text) => /paid: (\S+)/.exec(text)?.slice(1) ?? [] } },
  },
};
const implementation = thinking(async (_, step) => {
  const values = { amount: '24.90' };
  return { ...PAY, parameters: (await step.hinted?.('V1', values)) ?? values };
});

const run = (of = learning) => work({ of, implementation });
const document = () =>
  JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '') as ProposalDocument;
const taught = (group = 'V1') =>
  writeHint(
    'idempotency',
    { automation: 'demo', group, field: 'amount' },
    { label: 'to be paid', decidedAt: 1, madeFor: 'demo_x', seconds: 60 },
  );

beforeEach(() => {
  world.reset();
  time.freeze();
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'A bill.' }));
});

it('asks a person with both values, whatever the policy says, and tells of it without a word of the page', async () => {
  await taught();
  await run();
  expect(stored()).toMatchObject({ verdict: 'ask', reasons: [HINTED] });
  expect(document().hinted).toEqual([{ field: 'amount', label: 'to be paid', instead: '24.90' }]);
  expect(document().parameters).toEqual({ amount: '20.00' });
  expect(eventsOf()).toContain('hinted');
  const { timeline } = stored();
  expect(timeline.find(({ event }) => event === 'hinted')).toMatchObject({ fields: ['amount'] });
  expect(JSON.stringify(stored())).not.toMatch(/to be paid|24\.90|20\.00/i);
});

it.each<[string, () => Promise<void>, Automation<Demo>]>([
  ['nothing was learnt', async () => {}, learning],
  ['it was learnt for somebody else', () => taught('V2'), learning],
  ['the automation learns nothing', () => taught(), { ...learning, hints: undefined } as never],
])('goes on as it was copied where %s', async (_, before, of) => {
  await before();
  await run(of);
  expect(stored()).toMatchObject({ verdict: 'act' });
  expect(document().parameters).toEqual({ amount: '24.90' });
  expect(eventsOf()).not.toContain('hinted');
});
