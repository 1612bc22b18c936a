import { beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../lambdas/approve/channels/mail/failure-mail.ts';
import { letterOf } from '../../lambdas/approve/channels/mail/mail.ts';
import { askMessage, isApprovable } from '../../lambdas/approve/channels/slack/messages.ts';
import { applyEdits } from '../../lambdas/approve/decision/apply-edits.ts';
import { readEdits } from '../../lambdas/approve/decision/edits.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { editsIn } from '../../lambdas/gate/list/edit-fields.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { question } from '../support/desk.ts';
import { proposal, QUESTION } from '../support/fixtures.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from '../support/list.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => world.reset());

/** The list with what may be changed in it, and what the gate saw of it. */
function editable(): ProposalDocument {
  const listed = [REFUND, NOTE, CLOSE];
  const { action, parameters } = REFUND;
  const seen = {
    ...{ id: 'demo_1', automation: 'demo', generation: 1, body: {}, feedback: [], text: 'x', suspicions: [] },
    ...{ automatic: false, label: 'Billing' },
    proposal: { ...proposal(), action, parameters, further: [NOTE, CLOSE] },
  };
  world.content.set('bucket/evaluated', JSON.stringify(seen));
  const edits = editsIn(listing.actions, listed, {});
  return listOf(listed, {
    question: { ...QUESTION, edits, evaluated: { key: 'evaluated', digest: digest(seen) } },
  });
}

const form = (fields: Record<string, string>) => (name: string) => fields[name];

describe('the fields of a list', () => {
  it('are those of the first by their own names, and of later ones with their place', () => {
    const edits = editable().question?.edits ?? {};

    expect(Object.entries(edits).map(([name, { label }]) => [name, label])).toEqual([
      ['amount', 'Amount (action 1)'],
      ['3.ticket', 'Ticket (action 3)'],
    ]);
  });

  it('are none for what an earlier action will be answered', () => {
    const { note } = listing.actions;
    const field = { type: 'text', label: 'Refund', maxLength: 20 } as const;
    const actions = {
      ...listing.actions,
      note: { ...note, edits: () => ({ refund: field, ticket: field }) },
    };

    expect(Object.keys(editsIn(actions as never, [REFUND, NOTE], {}))).toEqual(['amount', '2.ticket']);
  });

  it('change the action that they belong to, and no other', async () => {
    const document = editable();
    const { edits, faults } = readEdits(document, form({ amount: '20.00', '3.ticket': 'T9' }));

    const edited = await applyEdits('bucket', document, edits, listing);

    expect(faults).toEqual([]);
    expect(edited?.document.parameters).toEqual({ amount: '20.00' });
    expect(edited?.document.further?.map(({ parameters }) => parameters)).toEqual([
      NOTE.parameters,
      { ticket: 'T9' },
    ]);
    expect(edited?.document.summary).toBe(
      '3 actions: (1) Refund EUR 20.00; (2) Note (the reference of action 1) on T7; (3) Close ticket T9',
    );
    expect(edited?.document.first?.summary).toBe('Refund EUR 20.00');
    expect(edited?.digest).not.toBe(digest(document));
  });

  it('are held to the limits of their own action', () => {
    const { faults } = readEdits(editable(), form({ amount: '90.00' }));

    expect(faults).toEqual(['Amount (action 1) must be from 1.00 to 50.00.']);
  });

  it('name no action that is not there', () => {
    const { edits } = readEdits(editable(), form({ '2.amount': '1.00', '4.ticket': 'T1' }));

    expect(edits).toEqual([]);
  });
});

describe('whoever is asked about a list', () => {
  const letter = (document: ProposalDocument) =>
    letterOf({
      ...{ row: question(document), document, url: 'https://desk.example/x', reminder: false },
      asked: { group: 'leads', via: '' },
    });

  it('reads every action in its order in the mail, with its values', async () => {
    const { text, html } = await letter(listOf());

    for (const words of ['Refund EUR 24.90', 'Note (the reference of action 1) on T7', 'Close ticket T7'])
      for (const part of [text, html]) expect(part).toContain(words);
    expect(text.indexOf('Refund')).toBeLessThan(text.indexOf('Close'));
    expect(text).toContain('1. amount: 24.90');
    expect(text).toContain('3. ticket: T7');
  });

  it('sees all of it in Slack, and approves there only what is all shown there', () => {
    const document = listOf();
    const row = question(document);
    const text = JSON.stringify(askMessage({ document, row, url: 'https://desk.example/x' }));

    for (const words of ['Refund EUR 24.90', 'Close ticket T7', '3. ticket: T7'])
      expect(text).toContain(words);
    expect(isApprovable(document)).toBe(true);
    const [note, close] = document.further ?? [];
    if (!note || !close) throw new Error('the list is too short');
    const wordy = { ...document, further: [note, { ...close, words: { ticket: [] } }] };
    expect(isApprovable(wordy)).toBe(false);
  });
});

it('the mail about a list that failed says what became of each action', async () => {
  const row = { ...question(listOf()), decidedAt: '2026-12-01T08:50:00.000Z' };
  const actions = [
    { name: 'refund', status: 'done' as const, idempotencyKey: 'k' },
    { name: 'note', status: 'failed' as const, idempotencyKey: 'k_2' },
    { name: 'close', status: 'not_begun' as const, idempotencyKey: 'k_3' },
  ];
  const became = { state: 'parked' as const, words: 'parked: why', failed: true, actions };
  const { text } = await failureOf({ row, became, url: 'https://x.example' });
  expect(text).toMatch(/1\. refund.*done\n.*2\. note.*failed: nothing was done\n.*3\. close.*not begun/);
});
