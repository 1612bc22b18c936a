import type { ApprovalRow, AskedFacts } from '../../lambdas/contract/approval.ts';
import { type AuditEntry, auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { ID } from './fixtures.ts';
import { world } from './world.ts';

/* The record of a question, as `approve/on-change` copies it. */

export const FACTS: AskedFacts = {
  action: 'pay',
  label: 'Billing',
  risk: 'consequential',
  reversible: false,
  summary: 'Pay EUR 24.90',
  reasons: ['the amount is large'],
  confidence: null,
  sources: ['R1'],
  promptVersions: ['route.v1', 'reply.v2'],
  models: ['small'],
  policyVersion: 'p1',
};

export const ASKED_AT = '2026-12-01T08:00:00.000Z';

type Happened = Omit<Partial<ApprovalRow['trail'][number]>, 'at'> &
  Pick<ApprovalRow['trail'][number], 'event'> & {
    /** Seconds after it was asked. */
    after: number;
  };

/** Seconds after a time, as a time. */
export function later(seconds: number, than = ASKED_AT): string {
  return new Date(Date.parse(than) + seconds * 1000).toISOString();
}

/** The entries of one question. */
export function record(happened: Happened[], given: Partial<ApprovalRow> = {}): AuditEntry[] {
  const createdAt = given.createdAt ?? ASKED_AT;
  const row = {
    ...{ id: `${ID}-g1`, itemId: ID, generation: 1, automation: 'demo', facts: FACTS, createdAt },
    ...{ askedDigest: 'd'.repeat(64), expiresAt: 2_000_000_000, ...given },
    trail: happened.map(({ after, ...entry }) => ({ at: later(after, createdAt), ...entry })),
  };
  return auditEntries(row as ApprovalRow);
}

export function keep(...entries: AuditEntry[]): void {
  for (const entry of entries) world.tables.put('audit', entry);
}
