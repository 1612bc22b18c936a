import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { question, row } from '../support/desk.ts';
import { gated, ID, proposal, stored } from '../support/fixtures.ts';
import { world } from '../support/world.ts';
import { act, freshLedger, ledger, released, told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

/** A person has approved what the gate passed, and nobody took it back. */
function approved(fields: Partial<ApprovalRow> = {}, item: Partial<ItemRow> = {}): void {
  const carriedAt = '2026-12-01T09:00:00.000Z';
  question(proposal(), { status: 'decided', decision: 'approve', carriedAt, ...fields });
  world.tables.put('items', { ...stored(), status: 'processing', ...item });
}

const EDITED = proposal({ parameters: { amount: '20.00' }, summary: 'Pay EUR 20.00' });
const KEY = `items/${ID}/proposal-g1-0123456789abcdef.json`;

/** The same, with an edit of the approver. */
function edited(document = EDITED): void {
  world.content.set(`bucket/${KEY}`, JSON.stringify(document));
  approved({ digest: digest(EDITED), proposalKey: KEY });
}

async function refused(cause: string | RegExp): Promise<void> {
  await act();

  expect(ledger.seen).toEqual([]);
  expect(told()).toMatchObject({ status: 'parked', error: 'SystemError' });
  expect(told().cause).toMatch(cause);
}

const paid = () => ledger.seen.map(({ body }) => JSON.parse(body).amount);

describe('permission to act', () => {
  it('is there when the gate said act about exactly this proposal', async () => {
    gated();

    await act();

    expect(paid()).toEqual(['24.90']);
    expect(stored().status).toBe('done');
    expect(stored().action).toMatchObject({
      name: 'pay',
      status: 'done',
      result: { status: 200, reference: 'R-1' },
    });
  });

  it('is there when a person approved exactly this proposal', async () => {
    approved();

    await act();

    expect(paid()).toEqual(['24.90']);
    expect(world.counted).not.toContain('proposalsTampered');
  });

  it('is for the document with the approver’s edits, where there are some', async () => {
    edited();

    await act();

    expect(paid()).toEqual(['20.00']);
    expect(stored().action?.idempotencyKey).toBe(`${ID}-${digest(EDITED).slice(0, 16)}`);
  });

  it.each<[string, Partial<ItemRow>]>([
    ['no person was asked', { verdict: 'ask' }],
    ['the question is not there', { verdict: 'ask', approvalId: `${ID}-g1` }],
    ['the gate refused', { verdict: 'refuse' }],
    ['the gate has not judged', { verdict: undefined } as never],
    ['the verdict is none of ours', { verdict: 'approve' } as never],
    ['there is no proposal', { proposalKey: undefined } as never],
    ['there is no digest of the proposal', { proposalDigest: undefined } as never],
    ['the proposal is gone', { proposalKey: 'items/none.json' }],
  ])('is not there when %s: nothing is called and the item is parked', async (_name, fields) => {
    gated(fields);

    await refused(/./);
  });

  it.each<[string, Partial<ApprovalRow>]>([
    ['nobody has decided', { status: 'pending', decision: undefined } as never],
    ['the question has expired', { status: 'expired', decision: undefined } as never],
    ['the question has expired, though somebody had approved', { status: 'expired' }],
    ['a person said no', { decision: 'reject' }],
    ['a person sent it back', { decision: 'again' }],
    ['the decision may still be taken back', { carriedAt: undefined } as never],
    ['it was a test of attention', { attentionCheck: { why: 'x' } }],
  ])('is not there when %s', async (_name, fields) => {
    approved(fields);

    await refused('no person has approved this action');
  });

  it('is not there when the item says act and its document was approved as another verdict', async () => {
    approved({ status: 'pending' }, { verdict: 'ask' });

    await refused('no person');
  });
});

describe('what was tampered with is refused and counted', () => {
  const alarm = async (cause: string) => {
    await refused(cause);
    expect(world.counted.filter((metric) => metric === 'proposalsTampered')).toHaveLength(1);
  };

  it('an approval of another proposal', async () => {
    approved({ askedDigest: digest({ other: 1 }) });

    await alarm('for another proposal');
  });

  it('an approval of another proposal, though its document is the very one of this item', async () => {
    approved({}, { proposalDigest: digest({ other: 1 }) });

    await alarm('for another proposal');
  });

  it('the document after the gate', async () => {
    const { proposalKey } = gated();
    world.content.set(`bucket/${proposalKey}`, JSON.stringify(EDITED));

    await alarm('changed after the gate');
  });

  it('the digest in the item', async () => {
    gated({ proposalDigest: digest({ other: 1 }) });

    await alarm('changed after the gate');
  });

  it('the document after its approval', async () => {
    approved();
    world.content.set(`bucket/${row().proposalKey}`, JSON.stringify(EDITED));

    await alarm('changed after it was approved');
  });

  it('the edited document', async () => {
    edited({ ...EDITED, parameters: { amount: '9999.00' } });

    await alarm('changed after it was approved');
  });

  it('a place that leads to the asked document instead of the edited one', async () => {
    edited();
    world.tables.put('approvals', { ...row(), proposalKey: row().askedKey });

    await alarm('changed after it was approved');
  });

  it.each(['act', 'ask'] as const)(
    'the document of another item, with its digest: verdict %s',
    async (verdict) => {
      const other = proposal({ itemId: 'item-other' });
      if (verdict === 'act') gated({}, other);
      else {
        question(other, { status: 'decided', decision: 'approve', carriedAt: '2026-12-01T09:00:00.000Z' });
        world.tables.put('items', { ...stored(), status: 'processing' });
      }

      await alarm(verdict === 'act' ? 'changed after the gate' : 'changed after it was approved');
    },
  );

  it('the edited document of another item, with its digest', async () => {
    const other = { ...EDITED, itemId: 'item-other' };
    world.content.set(`bucket/${KEY}`, JSON.stringify(other));
    approved({ digest: digest(other), proposalKey: KEY });

    await alarm('changed after it was approved');
  });
});

describe('an action without permission', () => {
  it('is refused when the document names a destination that this function may not call', async () => {
    gated({}, proposal({ destination: 'payroll' }));

    await refused('payroll');
  });

  it('is done once with and once without an edit at most: another document is another action', async () => {
    approved();
    await act();
    expect(paid()).toEqual(['24.90']);

    // A later run of the same item, approved as it was.
    await act({ generation: released() });

    expect(paid()).toEqual(['24.90']);
  });
});
