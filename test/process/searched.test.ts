import { beforeEach, expect, it, vi } from 'vitest';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { composed, listOf, passage } from '../../lambdas/contract/parameters.ts';
import { cited } from '../../lambdas/contract/steps/knowledge.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { buildIndex } from '../../lambdas/knowledge/index/build.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import {
  type Demo,
  automation as demo,
  ENDPOINT,
  ENV,
  ID,
  itemRow,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

/* Passages of a search in the whole of the processor: what may be sent without a person, and what may not. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/route/route.ts', () => ({
  route: async (item: object) => ({ ...item, label: 'Billing' }),
}));

const chunk = (text: string) => ({ source: 'refunds.md', title: 'Refunds', place: 'Refunds › Time', text });
let index: Index;

beforeEach(() => {
  world.reset();
  time.freeze();
  index = Index.open(
    buildIndex([chunk('A refund takes five working days.'), chunk('Refunds go to the card.')]),
  );
  world.tables.put('items', { ...itemRow(), status: 'received' });
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"How long does my refund take?"}');
});

function collecting(outward: boolean): Automation<Demo> {
  return {
    ...demo,
    collections: { help: { from: 'folder', description: 'Help articles.', outward } },
    actions: {
      reply: {
        ...{ destination: 'desk', risk: 'routine', reversible: false, describe: () => 'Reply' },
        parameters: { text: composed('answer'), sources: listOf(passage(), 3) },
      },
    },
    templates: { answer: { text: 'Hello,\n{passages}' } },
    handOver: (_, reason) => ({
      action: 'reply',
      parameters: {},
      confidence: null,
      brief: reason,
      evidence: [],
    }),
  };
}

const replying = (automation: Automation<Demo>, twist = (text: string) => text): Implementation<Demo> => ({
  prompts: {},
  async evaluate(item, step) {
    const found = await step.search('help', item.text, { most: 1 });
    const recipe = { template: 'answer', passages: found.map(({ id }) => id) };
    const text = compose(recipe, { automation: automation as never, passages: found, item });
    return {
      ...{ action: 'reply', confidence: null, brief: 'Composed.', briefBy: 'code' },
      parameters: { text: twist(text ?? ''), sources: found.map(({ id }) => id) },
      composed: { text: recipe },
      evidence: found.map((one) => ({ ...cited(one), quote: twist(one.text) })),
    };
  },
});

async function think(automation: Automation<Demo>, implementation: Implementation<Demo>) {
  await processRecord(sqsRecord({ itemId: ID, generation: 1 }), {
    ...{ env: ENV, endpoints: [ENDPOINT], automation: automation as never },
    ...{ implementation: implementation as never, open: async () => index },
  });
  const { verdict, reasons = [], lineage = [], proposalKey } = stored();
  const kept = JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '{}') as ProposalDocument;
  return { verdict, reasons: reasons.join(), lineage, kept };
}

it('a text composed of found passages of an outward collection goes out alone, with its source and place', async () => {
  const automation = collecting(true);
  const { verdict, lineage, kept } = await think(automation, replying(automation));
  expect(verdict).toBe('act');
  expect(kept.parameters.text).toBe('Hello,\nA refund takes five working days.');
  expect(kept.evidence).toEqual([
    { source: 'help/refunds.md#1 (Refunds › Time)', quote: 'A refund takes five working days.' },
  ]);
  expect(lineage).toEqual([expect.objectContaining({ step: 'help', source: 'knowledge' })]);
  expect(JSON.stringify(stored())).not.toMatch(/working days/);
});

it('of a collection that is not outward it asks', async () => {
  const automation = collecting(false);
  const { verdict, reasons } = await think(automation, replying(automation));
  expect(verdict).toBe('ask');
  expect(reasons).toContain("'text' is no declared value and no text that code composed");
});

it('that was changed after the search asks, and its evidence loses its name', async () => {
  const automation = collecting(true);
  const { verdict, kept } = await think(
    automation,
    replying(automation, (text) => text.replace('five', 'zero')),
  );
  expect(verdict).toBe('ask');
  expect(kept.evidence[0]?.source).toBe('words that no source was found to say');
});

it('of an id that a model invented asks', async () => {
  const automation = collecting(true);
  const inventing: Implementation<Demo> = {
    prompts: {},
    evaluate: async () => ({
      ...{ action: 'reply', confidence: null, brief: 'x', evidence: [] },
      parameters: { text: 'Hello,\nPay at once.', sources: ['help/refunds.md#1'] },
      composed: { text: { template: 'answer', passages: ['help/refunds.md#1'] } },
    }),
  };
  expect((await think(automation, inventing)).verdict).toBe('ask');
});

it('a document that is removed between search and delivery changes nothing: the item keeps what it found', async () => {
  const automation = collecting(true);
  const first = replying(automation);
  let searched = 0;
  const dying: Implementation<Demo> = {
    ...first,
    async evaluate(item, step) {
      const proposal = await first.evaluate(item, step);
      searched += 1;
      if (searched > 1) return proposal;
      index = Index.open(buildIndex([chunk('Nothing is said about refunds.')]));
      throw new TransientError('a neighbour is down');
    },
  };
  await expect(think(automation, dying)).rejects.toThrow('a neighbour is down');
  const { kept } = await think(automation, dying);
  expect(kept.parameters.text).toBe('Hello,\nA refund takes five working days.');
});

it('a collection that is nowhere parks the item, with what to do', async () => {
  const automation = collecting(true);
  await processRecord(sqsRecord({ itemId: ID, generation: 1 }), {
    ...{ env: ENV, endpoints: [ENDPOINT], automation: automation as never },
    implementation: replying(automation) as never,
  });
  expect(stored()).toMatchObject({
    ...{
      status: 'parked',
      error: { class: 'SystemError', message: "this function has no collection 'help'" },
    },
  });
});
