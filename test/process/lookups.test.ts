import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { evidenceOf } from '../../lambdas/contract/steps/lookup.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { optional, order, sourceAt } from '../lookups/world.ts';
import { automation, door, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door({ label: 'Billing' }) }));

const FOUND = { id: '4711', total: '240.00' };

let erp: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  erp = await stubServer({ status: 200, body: FOUND });
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'order 4711' }));
});
afterEach(() => erp.close());

/** Asks for the order of the message, and cites it. */
const looking =
  (lookup: typeof order | typeof optional, quote?: string): Implementation['evaluate'] =>
  async (_: Routed, step: StepRunner) => {
    const found = await step.lookup(lookup, { order: '4711' });
    const evidence = evidenceOf(lookup, found, ['total']);
    return { ...PAY, evidence: [quote === undefined ? evidence : { ...evidence, quote }] };
  };

function run(lookup: typeof order | typeof optional, evaluate = looking(lookup)): Promise<void> {
  const of = { ...automation, lookups: { order: lookup } };
  return work({ of, implementation: thinking(evaluate), sources: { erp: sourceAt(erp.url) } });
}

const proposed = () =>
  JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '') as ProposalDocument;

describe('an item that looks something up', () => {
  it('says whom it asked, when, and what was cited of the answer', async () => {
    await run(order);
    const { evidence, looked, degraded } = proposed();
    expect(evidence).toEqual([{ source: 'order', quote: 'total: 240.00' }]);
    expect(looked).toEqual([{ lookup: 'order', source: 'erp', at: expect.any(String), found: true }]);
    expect(degraded).toBeUndefined();
    const view = await fullView(stored(), { approvalTable: 'approvals', bucket: 'bucket' });
    expect(view.lineage).toMatchObject([{ step: 'order', source: 'erp', costUsd: 0 }]);
    expect(view.timeline.filter(({ event }) => event === 'source_asked')).toHaveLength(1);
    expect(view).not.toHaveProperty('degraded', expect.anything());
  });

  it('tells the policy what was answered, and in which order it was asked', async () => {
    const seen: unknown[] = [];
    const gate: typeof automation.gate = ({ answers }) => {
      seen.push(answers);
      return { verdict: 'act', reasons: [] };
    };
    const twice: Implementation['evaluate'] = async (_, step) => {
      await Promise.all(['1', '2', '1'].map((id) => step.lookup(order, { order: id })));
      return PAY;
    };
    erp.answers[0] = (response, { path }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: path.split('/').at(-1), total: '1.00' }));
    };
    const of = { ...automation, gate, lookups: { order } };
    await work({ of, implementation: thinking(twice), sources: { erp: sourceAt(erp.url) } });
    expect(seen).toEqual([
      {
        order: [
          { id: '1', total: '1.00' },
          { id: '2', total: '1.00' },
        ],
      },
    ]);
  });

  it('keeps no word of the answer in its row', async () => {
    await run(order);
    expect(JSON.stringify(stored())).not.toMatch(/240\.00|4711/);
  });

  it('loses the name of a source for what the source did not say', async () => {
    await run(order, looking(order, 'total: 9999.00'));
    expect(proposed().evidence).toEqual([
      { source: 'words that no source was found to say', quote: 'total: 9999.00' },
    ]);
  });

  it('asks once, though its worker dies after the answer', async () => {
    let deaths = 1;
    const dying: Implementation['evaluate'] = async (item, step) => {
      const found = await looking(order)(item, step);
      if (deaths-- > 0) throw new TransientError('the worker died');
      return found;
    };
    await expect(run(order, dying)).rejects.toThrow();
    time.advance(3600);
    await run(order, dying);
    expect(erp.seen).toHaveLength(1);
    expect(stored().verdict).toBe('act');
    expect(stored().lineage).toHaveLength(1);
  });
});

describe('an item whose source is down', () => {
  it('goes on degraded, as it is declared, and everybody is told', async () => {
    erp.answers = [{ status: 503 }];
    const seen: unknown[] = [];
    const of = {
      ...automation,
      lookups: { order: optional },
      gate: (item: { degraded?: unknown }) => {
        seen.push(item.degraded);
        return { verdict: 'ask' as const, reasons: ['the order is not known'] };
      },
    };
    const sources = { erp: sourceAt(erp.url) };
    await work({ of, implementation: thinking(looking(optional)), sources });
    const degraded = [{ step: 'order', reason: "source 'erp' is down" }];
    expect(seen[0]).toEqual(degraded);
    expect(stored()).toMatchObject({ verdict: 'ask', degraded });
    expect(proposed()).toMatchObject({ degraded });
    const view = await fullView(stored(), { approvalTable: 'approvals', bucket: 'bucket' });
    expect(view).toMatchObject({ degraded });
  });

  it('is degraded no more once it was thought about again with the answer', async () => {
    world.tables.put('items', itemRow({ degraded: [{ step: 'order', reason: "source 'erp' is down" }] }));
    await run(optional);
    expect(stored()).not.toHaveProperty('degraded');
  });

  it('comes again, as it is required, and is not lost', async () => {
    erp.answers = [{ status: 503 }, { status: 200, body: FOUND }];
    await expect(run(order)).rejects.toMatchObject({ name: 'TransientError' });
    expect(stored()).toMatchObject({ status: 'processing' });
    expect(stored().verdict).toBeUndefined();
    time.advance(60);
    await run(order);
    expect(stored().verdict).toBe('act');
  });

  it('waits in a message of its own while the breaker is open, which uses up no receive', async () => {
    const waits: Implementation['evaluate'] = async () => {
      throw new Waiting("source 'erp': its breaker is open (30 of 30 calls failed)", 60, { open: true });
    };
    await run(order, waits);
    expect(eventsOf()).toContain('waiting');
    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint' } });
    expect(world.sent('work')).toHaveLength(1);
  });
});
