import { beforeEach, describe, expect, it, vi } from 'vitest';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { APPROVAL, ownerOf, plain, question, recipients, row, tokenIn } from '../../support/desk.ts';
import { ENV, itemRow, proposal, SETTINGS } from '../../support/fixtures.ts';
import { words } from '../../support/pages.ts';
import { Crash, named, time, world } from '../../support/world.ts';
import { fresh, run } from './commands-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(fresh);

const AT = '2026-12-01T08:50:00.000Z';
const REASON = "destination 'ledger' answered 503, after 3 tries";

function approved(fields: Partial<ApprovalRow> = {}, item: Partial<ItemRow> = {}): void {
  question(proposal({ summary: 'Pay EUR 24.90' }), {
    ...{ status: 'decided', decision: 'approve', decidedBy: 'ann@example.com', decidedAt: AT, carriedAt: AT },
    ...{ phase: 'closed#2026-12', votes: { 'ann@example.com': { at: AT, digest: 'd' } } },
    ...fields,
  });
  const error = { class: 'TransientError', message: REASON } as const;
  world.tables.put('items', itemRow({ approvalId: APPROVAL, status: 'parked', error, ...item }));
}

const failed = () => run({ command: 'failed' });

describe('an approved action that fails', () => {
  it('is told by mail to who approved it, why and what happens now, with a link that says it too', async () => {
    approved();

    await failed();

    expect(recipients()).toEqual(['ann@example.com']);
    const [mail] = world.mails;
    expect(mail?.subject).toBe('Approved, not done yet: demo (consequential), approval 1a1a1a1-g1');
    for (const part of [mail?.text, words(mail?.html ?? '')]) {
      expect(part).toContain('Pay EUR 24.90');
      expect(part?.replaceAll('&#39;', "'")).toContain(`parked: ${REASON}`);
      expect(part).toContain('Your approval stands');
    }
    expect(ownerOf(tokenIn(mail?.text))).toBe('ann@example.com');
    const { text } = await plain(`/approvals/${APPROVAL}?t=${tokenIn(mail?.text)}`);
    expect(words(text)).toContain('Not done yet. Parked: destination');
  });

  it('is told with what its approvers changed: the list of approvals says what was asked', async () => {
    approved({ edits: [{ field: 'amount', from: '24.90', to: '20.00' }] });

    await failed();

    const [mail] = world.mails;
    for (const part of [mail?.text, words(mail?.html ?? '')])
      expect(part).toContain('amount: 24.90 became 20.00');
  });

  it('is told once, however often it fails and its message comes; to everybody whose approval counted', async () => {
    const votes = { 'ann@example.com': { at: AT, digest: 'd' }, 'bob@example.com': { at: AT, digest: 'd' } };
    approved({ quorum: 2, votes, decidedBy: 'bob@example.com' });

    await failed();
    await failed();
    approved({ quorum: 2, votes, decidedBy: 'bob@example.com' }, { generation: 2, status: 'quarantined' });
    await failed();

    expect(recipients().sort()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('and went on since, is told to nobody', async () => {
    for (const status of ['acting', 'done', 'processing'] as const) {
      approved({}, { status });
      await failed();
    }
    approved({}, { approvalId: 'demo_2-g2' });
    await failed();
    expect(world.mails).toEqual([]);
  });

  it.each<[string, Partial<ApprovalRow>]>([
    ['rejected', { decision: 'reject' }],
    ['sent back', { decision: 'again' }],
    ['not decided', { status: 'pending' }],
    ['a test', { attentionCheck: { why: 'bad' } }],
    ['withdrawn', { status: 'withdrawn' }],
  ])('is none where it was %s', async (_name, fields) => {
    approved(fields);
    await failed();
    expect(world.mails).toEqual([]);
  });

  it('is not told to who has left the configuration', async () => {
    approved();
    const leads = [{ email: 'bob@example.com' }];
    await run({ command: 'failed' }, { ...SETTINGS, groups: { ...SETTINGS.groups, leads } });
    expect(world.mails).toEqual([]);
  });

  it('is told again after a mail service that falters, and to nobody twice', async () => {
    const votes = { 'ann@example.com': { at: AT, digest: 'd' }, 'bob@example.com': { at: AT, digest: 'd' } };
    approved({ quorum: 2, votes });
    world.fault = (call) => {
      if (call.includes('SendEmail') && world.mails.length >= 1) throw named('ThrottlingException');
    };
    await expect(failed()).rejects.toThrow('fewer mails per second');
    world.fault = undefined;

    await failed();

    expect(recipients().sort()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('is told by the next delivery where the worker died, when its claim is over; one mail more at most', async () => {
    for (const after of [false, true])
      for (let point = 1; point < 30; point += 1) {
        fresh();
        approved();
        world.crashAt(point, after);
        const died = await failed().then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        world.revive();
        if (!died) break;
        time.advance(46);
        await failed();
        const told = recipients();
        expect([point, new Set(told)]).toEqual([point, new Set(['ann@example.com'])]);
        expect(told.length).toBeLessThanOrEqual(2);
        time.advance(46);
        await failed();
        expect(recipients()).toEqual(told);
      }
  });

  it('leaves the approval as it is: nothing is carried to the run once more', async () => {
    approved();
    const before = row();

    await failed();

    expect(row()).toEqual(before);
    await onChange(row(), before, ENV);
    expect(world.answers).toEqual([]);
  });
});
