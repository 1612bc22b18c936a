import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../../../lambdas/contract/item/row.ts';
import { APPROVAL, fieldsOf, question, row, send, show, tell } from '../../../support/desk.ts';
import { itemRow, proposal } from '../../../support/fixtures.ts';
import { words } from '../../../support/pages.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const DONE: Partial<ApprovalRow> = {
  ...{ status: 'decided', decision: 'approve', decidedBy: 'ann@example.com', phase: 'closed#2026-12' },
  ...{ decidedAt: '2026-12-01T08:50:00.000Z', carriedAt: '2026-12-01T08:50:00.000Z' },
};
const became = (fields: Partial<ItemRow>) =>
  world.tables.put('items', itemRow({ approvalId: APPROVAL, ...fields }));
const shown = async () => words((await show()).text);
const approve = async () => send({ ...(await fieldsOf()), decision: 'approve', comment: 'fine' });

/** Another open approval of the same kind. */
function another(number: number, fields: Partial<ApprovalRow> = {}): void {
  const { id: _, ...like } = question();
  const id = `demo_${String(number).repeat(32)}-g1`;
  world.tables.put('approvals', { ...like, id, itemId: id.slice(0, -3), ...fields });
}

describe('the link of a decided approval', () => {
  it('says what became of it: on its way, done, and since when by whom it was decided', async () => {
    question(proposal(), DONE);

    became({ status: 'acting' });
    expect(await shown()).toContain('Being carried out. It is carried out now, once. See what became of it');
    became({ status: 'done' });
    expect(await shown()).toContain('Pay EUR 24.90');
    expect(await shown()).toContain('decided by ann@example.com at 2026-12-01 08:50:00 UTC : approved.');
    expect(await shown()).toContain('Done. It was carried out, once.');
  });

  it.each([
    ['parked', 'Not done yet.', 'Parked: '],
    ['quarantined', 'Not done.', 'Not done: '],
  ] as const)('says why the action failed: %s', async (status, word, why) => {
    question(proposal(), DONE);
    const message = "destination 'ledger' answered 422: it refused <the action>";
    became({ status, error: { class: 'InputError', message } });

    expect((await show()).text).toContain(`class="became ${status === 'parked' ? 'parked' : 'refused'}"`);
    const page = await shown();
    expect(page).toContain(word);
    expect(page).toContain(`${why}destination &#39;ledger&#39; answered 422: it refused &lt;the action&gt;.`);
    expect(page).toContain('The operators were told');
  });

  it.each([
    ['and can no longer be undone', DONE],
    [
      'and can still be undone',
      { ...DONE, phase: 'carrying', carriedAt: undefined, undoUntil: '2026-12-01T09:09:00.000Z' } as never,
    ],
  ])('says what was changed, as its summary is of what was asked, %s', async (_name, fields) => {
    const edits = [{ field: 'amount', from: '24.90', to: '20.00' }];
    question(proposal(), { ...fields, edits });
    became({ status: 'waiting_approval' });

    expect(await shown()).toContain('amount: 24.90 became 20.00');
  });

  it('says what is known of the decision where the item cannot be read', async () => {
    question(proposal(), DONE);
    world.fault = (call, { TableName }) => {
      if (call.startsWith('dynamodb') && TableName === 'items') throw new Error('no table now');
    };

    const { status, text } = await show();

    expect(status).toBe(200);
    expect(words(text)).toContain('Already decided: approved');
    expect(words(text)).toContain('Approved.');
  });

  it('says for how many it still waits, and reads no item for that', async () => {
    question(proposal(), { quorum: 2 });
    const { text } = await approve();

    expect(words(text)).toContain('Your approval counts: 1 of 2');
    expect(words(text)).toContain('waiting for 1 more');
  });
});

describe('the answer to a decision', () => {
  it('is given where nothing can be read any more: the decision stands', async () => {
    question();
    const fields = { ...(await fieldsOf()), decision: 'reject', comment: 'no' };
    const first = await send(fields);
    expect(first.status).toBe(200);
    world.reset();
    question(tell());
    const routine = { ...(await fieldsOf()), decision: 'reject' };
    world.fault = (call, { IndexName }) => {
      if (call === 'dynamodb QueryCommand' && IndexName) throw new Error('no index now');
    };

    const { status, text } = await send(routine);

    expect(status).toBe(200);
    expect(words(text)).toContain('Rejected: Tell the help desk');
    expect(row().status).toBe('decided');
  });

  it('leads to the next of theirs, through the console, and names none of them', async () => {
    for (const number of [2, 3]) another(number);
    // Of others, decided, claimed by another, answered already, and their own request.
    another(4, { asked: { 'bob@example.com': { group: 'leads', via: '' } } });
    another(5, DONE);
    another(6, { claim: { by: 'bob@example.com', until: '2026-12-01T09:10:00.000Z' } });
    another(7, { quorum: 2, votes: { 'ann@example.com': { at: '2026-12-01T08:40:00.000Z', digest: 'd' } } });
    question();

    const { text } = await approve();

    expect(text).toContain(
      '<a class="next" href="https://desk.example/console/next">Next approval (2 left)</a>',
    );
    for (const number of [2, 3, 4, 5, 6, 7]) expect(text).not.toContain(String(number).repeat(32));
  });

  it('says nothing of a next where none is left', async () => {
    question();
    expect((await approve()).text).not.toContain('Next approval');
  });
});
