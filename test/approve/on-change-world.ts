import type { ApprovalRow, RunDecision } from '../../lambdas/contract/approval.ts';
import { APPROVAL, question, row } from '../support/desk.ts';
import { ENV } from '../support/fixtures.ts';
import { world } from '../support/world.ts';

/* A question that somebody or the clock has settled, as the stream of the table tells it. */

export const AT = '2026-12-01T09:00:00.000Z';
export const STANDS: RunDecision[] = ['approve', 'reject', 'again', 'expired'];

/** A question as it stands after this, and as it was before. */
export function settled(decision: RunDecision = 'approve', fields: Partial<ApprovalRow> = {}) {
  const before = question();
  const by = { by: 'ann@example.com' };
  const now: ApprovalRow = {
    ...before,
    version: 2,
    ...(decision === 'expired'
      ? { status: 'expired' }
      : { status: 'decided', decidedBy: by.by, decidedAt: AT, carriedAt: AT }),
    ...(decision === 'expired' || decision === 'none' ? {} : { decision }),
    trail: [...before.trail, { at: AT, event: decision === 'expired' ? 'expired' : 'decided', ...by }],
    ...fields,
  };
  world.tables.put('approvals', now);
  const waiting = { id: `token#${APPROVAL}`, tokens: ['token-1'], expiresAt: 2_000_000_000 };
  world.tables.put('links', { ...waiting, actionQueueUrl: ENV.ACTION_QUEUE_URL });
  return { now: row(), before };
}

/** The run was begun by a version that told no queue: it sends what is approved itself. */
export function begunBefore(): void {
  world.tables.put('links', { id: `token#${APPROVAL}`, tokens: ['token-1'], expiresAt: 2_000_000_000 });
}

/** What was sent to the action of the item. */
export const sent = () => (world.queues.get('actions') ?? []).map((body) => JSON.parse(body) as object);

export const audit = () => world.tables.all('audit') as unknown as { event: string; order: string }[];
