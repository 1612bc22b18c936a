import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Implementation } from '../../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { optional, sourceAt } from '../../lookups/world.ts';
import { automation, door, ID, itemRow, lineageEntry, PAY, stored } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { thinking, work } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({ stepRunner: () => door({ label: 'Billing' }) }));

/* An automation that asks a person about what it had to decide without its source. */

const CAREFUL = {
  ...automation,
  lookups: { order: optional },
  gate: (item: Parameters<typeof automation.gate>[0]) =>
    item.degraded ? { verdict: 'ask' as const, reasons: ['the order was not seen'] } : automation.gate(item),
};
const DOWN = { status: 503 };
const FOUND = { status: 200, body: { id: '4711', total: '240.00' } };

let erp: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  erp = await stubServer(DOWN);
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'order 4711' }));
});
afterEach(() => erp.close());

const evaluate: Implementation['evaluate'] = async (_, step) => {
  await step.lookup(optional, { order: '4711' });
  return PAY;
};

const run = (message: object = {}) =>
  work({ message, of: CAREFUL, implementation: thinking(evaluate), sources: { erp: sourceAt(erp.url) } });

/** The approval of a generation is closed, and the run says `again`. */
function again(generation: number, decidedBy = 'the timekeeper'): Promise<void> {
  const id = `${ID}-g${generation}`;
  world.tables.put('approvals', {
    id,
    decision: 'again',
    decidedBy,
    comment: 'words of the one who closed it',
  });
  world.tables.put('items', { ...stored(), approvalId: id, status: 'waiting_approval' });
  // A breaker that the failures have opened is over.
  time.advance(3600);
  return run({ generation, again: true });
}

const proposed = () =>
  JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '') as ProposalDocument;

describe('an item that waits for a person because a source was down', () => {
  it('says which source may complete it', async () => {
    await run();
    expect(stored()).toMatchObject({ verdict: 'ask', degraded: [{ step: 'order' }] });
    expect(proposed().missing).toEqual(['erp']);
    expect(proposed()).not.toHaveProperty('completions');
  });

  it('is complete when the house has it thought about again, and acts alone: nobody remarked on it', async () => {
    await run();
    const before = erp.seen.length;
    erp.answers = [FOUND];
    await again(1);
    expect(stored()).toMatchObject({ generation: 2, verdict: 'act', completed: [`${ID}-g1`] });
    for (const field of ['degraded', 'sentBack', 'approvalId']) expect(stored()).not.toHaveProperty(field);
    expect(erp.seen.length).toBe(before + 1);
    expect(world.sent('actions')).toEqual([{ itemId: ID, generation: 2 }]);
    expect(proposed()).toMatchObject({ completions: 1, looked: [{ source: 'erp', found: true }] });
    expect(stored().timeline.filter(({ event }) => event === 'thinking_again')).toMatchObject([
      { generation: 2, approvalId: `${ID}-g1`, reason: 'what was missing can be had now' },
    ]);
  });

  it('acts once, though the message comes twice', async () => {
    await run();
    erp.answers = [FOUND];
    await again(1);
    const asked = erp.seen.length;
    await run({ generation: 1, again: true });
    expect(erp.seen).toHaveLength(asked);
    expect(stored()).toMatchObject({ generation: 2, completed: [`${ID}-g1`] });
  });

  it('keeps asking a person who has remarked on it before', async () => {
    await run();
    await again(1, 'ann@example.com');
    erp.answers = [FOUND];
    await again(2);
    expect(stored()).toMatchObject({
      ...{ generation: 3, verdict: 'ask', sentBack: [`${ID}-g1`], completed: [`${ID}-g2`] },
      reasons: ['an approver sent an earlier proposal back'],
    });
  });

  it('asks again where the source is down again, and the third question stays', async () => {
    await run();
    await again(1);
    expect(stored()).toMatchObject({ verdict: 'ask', degraded: [{ step: 'order' }] });
    expect(proposed()).toMatchObject({ missing: ['erp'], completions: 1 });
    await again(2);
    expect(proposed()).toMatchObject({ degraded: [{ step: 'order' }], completions: 2 });
    expect(proposed()).not.toHaveProperty('missing');
  });

  it.each<[string, object, Partial<ItemRow>]>([
    ['the source refuses the request', { status: 403 }, {}],
    ['its answer is of no use', { status: 200, body: { id: 7 } }, {}],
    ['more than half of its money is spent', DOWN, { lineage: [lineageEntry({ costUsd: 0.06 })] }],
  ])('is left to its person where %s', async (_, answer, fields) => {
    world.tables.put('items', itemRow(fields));
    erp.answers = [answer as typeof DOWN];
    await run();
    expect(stored()).toMatchObject({ verdict: 'ask', degraded: [{ step: 'order' }] });
    expect(proposed()).not.toHaveProperty('missing');
  });
});

it('an item that goes on without its source is left alone', async () => {
  await work({
    of: { ...CAREFUL, gate: automation.gate },
    implementation: thinking(evaluate),
    sources: { erp: sourceAt(erp.url) },
  });
  expect(stored()).toMatchObject({ verdict: 'act', degraded: [{ step: 'order' }] });
  expect(proposed()).not.toHaveProperty('missing');
});
