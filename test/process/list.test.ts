import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../bench/row-size.ts';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Proposed } from '../../lambdas/contract/item/proposal.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { hideIn, inClear } from '../../lambdas/privacy/document.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { withdrawItem } from '../../lambdas/tables/items/withdrawal.ts';
import { destinationsAt } from '../support/destinations.ts';
import { door, ENV, ID, itemRow, lineageEntry, PAY, sqsRecord, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from '../support/list.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => door({ label: 'Billing' }, [lineageEntry()]),
}));

/* A list from what evaluate writes to what its caller reads. */

let ledger: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  ledger = await stubServer({ status: 200, body: { reference: 'RF-1' } });
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'charged twice' }));
});
afterEach(() => ledger.close());

const { action: _, parameters: __, ...reasoned } = PAY;

function think(answer: Proposed, of: Automation = listing): Promise<void> {
  const implementation = thinking((async () => answer) as unknown as Implementation['evaluate']);
  return work({ of: of as never, implementation });
}

function act(): Promise<void> {
  const DESTINATIONS = destinationsAt(ledger.url);
  return actOn(sqsRecord({ itemId: ID, generation: 1 }), { ...ENV, DESTINATIONS }, listing);
}

const document = () =>
  JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '{}') as ProposalDocument;

describe('a list that evaluate proposes', () => {
  it('is one sealed document, is done in order, and is read back action by action', async () => {
    await think({ ...reasoned, actions: [REFUND, NOTE, CLOSE] });
    expect(stored().verdict).toBe('act');
    expect(document()).toMatchObject({
      ...{ action: 'refund', risk: 'consequential', reversible: true },
      further: [
        { action: 'note', destination: 'ledger', answers: { refund: { answerOf: 0, field: 'reference' } } },
        { action: 'close', summary: 'Close ticket T7' },
      ],
    });

    await act();

    expect(ledger.seen.map(({ body }) => JSON.parse(body))).toEqual([
      { action: 'refund', amount: '24.90' },
      { action: 'note', ticket: 'T7', refund: 'RF-1' },
      { action: 'close', ticket: 'T7' },
    ]);
    const view = await fullView(stored(), { approvalTable: 'approvals', bucket: 'bucket', client: 'shop' });
    expect(view).toMatchObject({
      status: 'done',
      proposal: { action: 'refund', actions: [{ summary: 'Refund EUR 24.90' }, {}, { action: 'close' }] },
      action: { name: 'refund', status: 'done' },
      actions: [
        { name: 'refund', status: 'done', result: { reference: 'RF-1' } },
        { name: 'note', status: 'done' },
        { name: 'close', status: 'done' },
      ],
    });
  });

  it('is the same document, letter for letter, whether one action stands in a list or alone', async () => {
    await think({ ...reasoned, ...REFUND });
    const alone = stored().proposalDigest;
    world.tables.put('items', itemRow());

    await think({ ...reasoned, actions: [REFUND] });

    expect(stored().proposalDigest).toBe(alone);
    expect(Object.keys(document())).not.toContain('further');
  });

  it('is handed over where it is too long, with the reason', async () => {
    await think({ ...reasoned, actions: Array(11).fill(CLOSE) });

    expect(stored().verdict).toBe('act');
    expect(document()).toMatchObject({
      action: 'tell',
      brief: 'the proposal has 11 actions: 1 to 10 are possible',
    });
  });

  it.each([
    ['of a later action', [NOTE, REFUND], 1, 1],
    ['of itself', [REFUND, NOTE], 1, 2],
    ['of another action than the declaration says', [REFUND, CLOSE, NOTE], 1, 3],
    ['of no place', [REFUND, NOTE], -1, 2],
  ])(
    'is handed over where it waits for the answer %s: nothing is begun that could not end',
    async (...it) => {
      const [, listed, answerOf, place] = it;
      const parameters = { ticket: 'T7', refund: { answerOf, field: 'reference' } };
      await think({
        ...reasoned,
        actions: listed.map((one) => (one === NOTE ? { ...one, parameters } : one)),
      });

      expect(document()).toMatchObject({
        action: 'tell',
        brief: `action ${place}: 'refund' is the answer of no earlier 'refund'`,
      });
    },
  );

  it('asks about one of its actions with words, and marks them where they stand', async () => {
    await think({
      ...reasoned,
      actions: [REFUND, { action: 'close', parameters: { ticket: 'call 0170 555' } }],
    });

    expect(stored()).toMatchObject({
      verdict: 'ask',
      reasons: ["action 2: 'ticket' is no declared value and no text that code composed"],
    });
    expect(document().further?.[0]).toMatchObject({
      summary: 'Close ticket [ticket]',
      words: { ticket: [{ kind: 'number' }] },
    });
    expect(document().summary).not.toContain('0170');
  });

  it('cannot be withdrawn once something of it was done', async () => {
    ledger.answers = [{ status: 200, body: { reference: 'RF-1' } }, { status: 422 }];
    await think({ ...reasoned, actions: [REFUND, NOTE, CLOSE] });
    await act();

    expect(stored().status).toBe('parked');
    expect(await withdrawItem('items', stored(), { by: 'shop' })).toBe(false);
    expect(stored().status).toBe('parked');
  });

  it('takes less than three kilobytes more of its row with ten actions, all done', async () => {
    await think({ ...reasoned, actions: [REFUND] });
    await act();
    const one = bytesOf({ ...stored(), timeline: [] });
    world.tables.put('items', itemRow());

    await think({ ...reasoned, actions: [REFUND, ...Array(9).fill(CLOSE)] });
    await act();

    expect(stored().actions).toHaveLength(10);
    expect(bytesOf({ ...stored(), timeline: [] }) - one).toBeLessThan(3072);
  });
});

it('personal data in every action is replaced, and comes back', async () => {
  const clear = listOf([REFUND, { action: 'close', parameters: { ticket: 'mara@example.com' } }]);
  const vault = new Vault(ID, { tokens: 'all' });

  const hidden = hideIn(clear, vault);

  expect(JSON.stringify(hidden)).not.toContain('mara@example.com');
  expect(hidden.further?.[0]).toMatchObject({ action: 'close', destination: 'ledger' });
  const { digest } = await import('../../lambdas/kit/digest.ts');
  world.content.set('bucket/book', JSON.stringify(vault.book));
  const kept = { ...hidden, tokens: { key: 'book', digest: digest(vault.book), shownTo: [] } };
  const { tokens: _tokens, ...back } = await inClear('bucket', kept);
  expect(back).toEqual(clear);
});
