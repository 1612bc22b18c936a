import { html } from 'hono/html';
import type { ApprovalRow } from '../../../contract/approval.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Markup } from '../../../pages/layout.ts';
import { latestAudit } from '../../../tables/audit/audit.ts';

/** What people decided lately about the same action under the same label. */
export interface Precedents {
  approved: number;
  edited: number;
  rejected: number;
}

/** Entries looked at, newest first: one page view reads no more than this of a busy month. */
const MOST_READ = 300;

/** This month's, of the latest entries of the desk. A record that cannot be read costs the approver a line, not the page. */
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
  return html`<h2>Decided alike this month</h2>
<p>${all} of this kind: ${approved} approved as proposed, ${edited} approved with edits, ${rejected} rejected.</p>`;
}
