import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { question } from '../support/desk.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, type Demo, ENV, ID, PAY, proposal, sqsRecord, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { act, diedCalling, freshLedger, ledger } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const learning: Automation<Demo> = {
  ...automation,
  hints: {
    action: 'pay',
    group: 'vendor',
    fields: {
      amount: {
        labelsOf: () => ['to be paid'],
        valuesAt: (text) => /paid: (\S+)/.exec(text)?.slice(1) ?? [],
      },
    },
  },
};
const PARAMETERS = { amount: '24.90', vendor: 'V1' };
const SEEN = {
  ...{ id: ID, proposal: { ...PAY, parameters: PARAMETERS } },
  documents: [{ pages: [{ text: 'To be paid: 20.00', source: 'text' }] }],
};
const EVALUATED = `items/${ID}/evaluated-g1.json`;
const KEY = `items/${ID}/proposal-g1-0123456789abcdef.json`;

/** A person has approved 20.00 for 24.90. */
function edited(seen: object = SEEN): void {
  const asked = proposal({ parameters: PARAMETERS });
  const evaluated = { key: EVALUATED, digest: digest(SEEN) };
  const held = { ...asked, question: { ...asked.question, evaluated } } as typeof asked;
  const document = { ...held, parameters: { ...PARAMETERS, amount: '20.00' } };
  world.content.set(`bucket/${EVALUATED}`, JSON.stringify(seen));
  world.content.set(`bucket/${KEY}`, JSON.stringify(document));
  question(held, {
    ...{ status: 'decided', decision: 'approve', carriedAt: '2026-12-01T09:00:00.000Z' },
    ...{ decidedAt: '2026-12-01T08:59:00.000Z', edits: [{ field: 'amount', from: '24.90', to: '20.00' }] },
    ...{ digest: digest(document), proposalKey: KEY },
  });
  world.tables.put('items', { ...stored(), status: 'processing' });
}

const deliver = () =>
  actOn(
    sqsRecord({ itemId: ID, generation: 1 }),
    { ...ENV, DESTINATIONS: destinationsAt(ledger.url) },
    learning as never,
  );
const rows = () => world.tables.all('idempotency') as { label?: string }[];

beforeEach(freshLedger);
afterEach(() => ledger.close());

describe('what an approver’s edit teaches', () => {
  it('is kept once the action is done, for as long as the content of its item', async () => {
    edited();
    await deliver();
    expect(stored().status).toBe('done');
    expect(rows()).toEqual([
      expect.objectContaining({
        label: 'to be paid',
        madeFor: ID,
        decidedAt: Date.parse('2026-12-01T08:59:00Z'),
      }),
    ]);
  });

  it('is nothing where its action is refused', async () => {
    ledger.answers = [{ status: 422 }];
    edited();
    await deliver();
    expect(stored().status).toBe('quarantined');
    expect(rows()).toEqual([]);
  });

  it('is nothing where what the gate saw was changed since', async () => {
    edited({ ...SEEN, documents: [{ pages: [{ text: 'Paid: 20.00', source: 'text' }] }] });
    await deliver();
    expect([stored().status, rows()]).toEqual(['done', []]);
  });

  it('is nothing of an automation that learns nothing', async () => {
    edited();
    await act();
    expect([stored().status, rows()]).toEqual(['done', []]);
  });

  it.each(['PutCommand', 'GetObject'])('delays and repeats nothing where %s fails', async (call) => {
    edited();
    world.fault = (name, input) => {
      const isOurs =
        JSON.stringify(input).includes('_hint#') || JSON.stringify(input).includes('evaluated-g1');
      if (name.includes(call) && isOurs) throw new Error('down');
    };
    await deliver();
    world.fault = undefined;
    expect([stored().status, ledger.seen.length, rows()]).toEqual(['done', 1, []]);
  });

  it('comes of the delivery that ends what a dead worker began', async () => {
    edited();
    await diedCalling(deliver);
    expect(rows()).toEqual([]);
    time.advance(600);
    await deliver();
    expect(new Set(ledger.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(rows()).toHaveLength(1);
  });

  it('is lost where its worker dies between the two, and nothing is done again', async () => {
    edited();
    world.fault = (_, input) => {
      if (!JSON.stringify(input).includes('evaluated-g1')) return;
      world.dead = true;
      throw new Crash('the worker died here');
    };
    await deliver().catch(() => {});
    world.fault = undefined;
    world.revive();
    await deliver();
    expect([stored().status, ledger.seen.length, rows()]).toEqual(['done', 1, []]);
  });

  it('is told twice and kept once', async () => {
    edited();
    await Promise.all([deliver(), deliver().catch(() => {})]);
    expect(rows()).toHaveLength(1);
  });
});
