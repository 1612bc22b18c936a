import { describe, expect, it } from 'vitest';
import { actsOn, becameOf, type Decided, type OfItem } from '../../../lambdas/approve/decision/became.ts';
import { STATUSES } from '../../../lambdas/contract/item/status.ts';

const NOW = '2026-12-01T09:00:00.000Z';
const later = '2026-12-01T12:00:00.000Z';

const row = (fields: Partial<Decided> = {}): Decided => ({
  ...{ id: 'demo_1-g1', status: 'pending', phase: 'open', quorum: 1, votes: {} },
  times: { remindAt: later, promiseAt: later, escalateAt: later, closesAt: later },
  ...fields,
});
const decided = (decision: Decided['decision'], fields: Partial<Decided> = {}) =>
  row({ status: 'decided', phase: 'closed#2026-12', ...(decision ? { decision } : {}), ...fields });
const item = (status: OfItem['status'], message?: string): OfItem => ({
  ...{ status, approvalId: 'demo_1-g1' },
  ...(message ? { error: { class: 'TransientError', message } } : {}),
});
const words = (approval: Decided, of?: OfItem) => becameOf(approval, of, NOW).words;
const vote = { at: NOW, digest: 'd' };

describe('what became of an approval', () => {
  it('is said while it is open: for how many it still waits, people and not addresses', () => {
    expect(words(row())).toBe('open');
    expect(words(row({ quorum: 2, votes: { 'ann@example.com': vote } }))).toBe('waiting for 1 more');
    const twice = { 'ann@example.com': vote, 'ann+work@example.com': vote };
    expect(words(row({ quorum: 3, votes: twice }))).toBe('waiting for 2 more');
    expect(words(row({ times: { ...row().times, closesAt: NOW } }))).toBe('nobody decided: nothing was done');
  });

  it('is said when it is closed without an action', () => {
    expect(words(row({ status: 'expired' }))).toBe('nobody decided: nothing was done');
    expect(words(row({ status: 'withdrawn' }))).toBe('withdrawn: nothing was done');
    expect(words(decided('reject'), item('parked', 'no model'))).toBe('rejected: nothing was done');
    expect(words(decided('again'), item('parked', 'no model'))).toBe('sent back: thought about again');
    expect(words(decided('approve', { attentionCheck: { why: 'bad' } }))).toBe(
      'a test: nothing was carried out',
    );
  });

  it('is to be undone as long as that is possible, and not a moment longer', () => {
    const undoUntil = '2026-12-01T09:00:10.000Z';
    const undoable = decided('approve', { phase: 'carrying', undoUntil });
    expect(words(undoable, item('waiting_approval'))).toBe('undo until 2026-12-01 09:00:10 UTC');
    expect(becameOf(undoable, item('acting'), undoUntil).words).toBe('being carried out');
    expect(words(decided('reject', { phase: 'carrying', undoUntil }))).toMatch(/^undo until/);
  });

  it('is the state of the action behind an approved one, with the reason where it failed', () => {
    const approved = decided('approve');
    expect(words(approved, item('waiting_approval'))).toBe('being carried out');
    expect(words(approved, item('acting'))).toBe('being carried out');
    expect(words(approved, item('done'))).toBe('done');
    expect(words(approved, item('parked', "destination 'ledger' answered 503, after 3 tries"))).toBe(
      "parked: destination 'ledger' answered 503, after 3 tries",
    );
    expect(
      words(approved, item('quarantined', "destination 'ledger' answered 422: it refused the action")),
    ).toBe("not done: destination 'ledger' answered 422: it refused the action");
    expect(words(approved, item('parked'))).toBe('parked: no reason was kept');
  });

  it('has failed only where a person approved and it was not done, in whatever status the item is', () => {
    for (const status of STATUSES) {
      const failed = status === 'parked' || status === 'quarantined';
      expect([status, becameOf(decided('approve'), item(status), NOW).failed]).toEqual([status, failed]);
      expect(becameOf(decided('reject'), item(status), NOW).failed).toBe(false);
      expect(becameOf(row(), item(status), NOW).failed).toBe(false);
    }
  });

  it('says no more than that it was approved where the item is gone, or went on by another approval', () => {
    expect(words(decided('approve'))).toBe('approved');
    expect(words(decided('approve'), { status: 'parked', approvalId: 'demo_1-g2' })).toBe('approved');
  });

  it('needs the item of approved ones alone', () => {
    expect(actsOn(decided('approve'))).toBe(true);
    expect(actsOn(decided('approve', { attentionCheck: { why: 'bad' } }))).toBe(false);
    for (const other of [decided('reject'), decided('again'), row(), row({ status: 'expired' })])
      expect(actsOn(other)).toBe(false);
  });
});
