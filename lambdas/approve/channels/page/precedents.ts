import { html } from 'hono/html';
import type { ApprovalRow } from '../../../contract/approval.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Markup } from '../../../pages/layout.ts';
import { latestAudit } from '../../../tables/audit/audit.ts';

export interface Precedents {
  approved: number;
  edited: number;
  rejected: number;
}

/** Newest entries to look at: one page view reads no more of a busy month. */
const MOST_READ = 300;

/** This month's precedents. If the record cannot be read, the page goes without this line. */
export async function precedentsOf(table: string, row: ApprovalRow): Promise<Precedents> {
  const latest = await latestAudit(table, MOST_READ).catch((error: unknown) => {
    logger.warn('no precedents', { approval: row.id, reason: error instanceof Error ? error.name : '' });
    return [];
  });
  const { action, label } = row.facts;
  const alike = latest.filter(
    (entry) =>
      entry.automation === row.automation &&
      entry.action === action &&
      entry.label === label &&
      !entry.attentionCheck,
  );
  const undone = new Set(alike.filter(({ event }) => event === 'undone').map((entry) => entry.approvalId));
  const decided = alike.filter(({ event, approvalId }) => event === 'decided' && !undone.has(approvalId));
  const approved = decided.filter(({ decision }) => decision === 'approve');
  return {
    approved: approved.filter(({ edits }) => !edits).length,
    edited: approved.filter(({ edits }) => edits).length,
    rejected: decided.filter(({ decision }) => decision === 'reject').length,
  };
}

export function precedentsLine({ approved, edited, rejected }: Precedents): Markup | string {
  const all = approved + edited + rejected;
  if (all === 0) return '';
  return html`<h2>Similar decisions this month</h2>
<p>${all} in all: ${approved} approved as proposed, ${edited} approved with edits, ${rejected} rejected.</p>`;
}
