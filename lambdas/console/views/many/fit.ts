import { readShown } from '../../../approve/channels/page/visit.ts';
import { claimedByOther, isOpen } from '../../../approve/decision/decide.ts';
import type { ApprovalRow } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { personHash } from '../../../kit/digest.ts';
import { logger } from '../../../kit/telemetry.ts';
import { shownTime } from '../../../pages/layout.ts';
import { readApproval } from '../../../tables/approvals/approvals.ts';
import type { ConsoleContext } from '../../context.ts';
import { maySee, wasAsked } from '../../reach.ts';
import type { Person } from '../../sign-in/identity.ts';

/** What can be decided for many approvals with one form. */
export type ManyDecision = 'approve' | 'reject';

/** An approval with the document it is about, or why it cannot be decided together with others. */
export type Marked = { id: string; row?: ApprovalRow } & ({ document: ProposalDocument } | { why: string });

/** One of the marked approvals as it is now. What this person may not see is not there. */
export async function readMarked(
  context: ConsoleContext,
  person: Person,
  id: string,
  decision: ManyDecision,
): Promise<Marked> {
  const row = await readApproval(context.env.APPROVAL_TABLE, id);
  if (!row || !maySee(person, row)) return { id, why: 'There is no such approval, or you may not see it.' };
  const why = objection(person, row, decision);
  if (why !== '') return { id, row, why };
  const document = await readShown(context, row).catch((error: unknown) => {
    logger.warn('proposal not read', {
      approval: id,
      reason: error instanceof Error ? error.name : 'unknown',
    });
    return undefined;
  });
  if (!document) return { id, row, why: 'Its stored proposal cannot be read, or is another one.' };
  const takesDocuments = context.outlines.some(({ name, documents }) => documents && name === row.automation);
  const doubt = doubtOf(document, decision, takesDocuments);
  return doubt === '' ? { id, row, document } : { id, row, why: doubt };
}

function objection(person: Person, row: ApprovalRow, decision: ManyDecision): string {
  if (!isOpen(row)) return 'It is closed already.';
  if (!wasAsked(person, row)) return 'You were not asked.';
  if (row.facts.risk !== 'routine') return `It is ${row.facts.risk}: decide it on its own page.`;
  if (claimedByOther(row, person.email))
    return `${row.claim?.by} is working on it until ${shownTime(row.claim?.until ?? '')}.`;
  if (decision === 'approve' && row.facts.requester === personHash(person.email))
    return 'You are the requester: somebody else has to approve it.';
  return decision === 'approve' ? untold(person, row) : '';
}

/** What its own page tells beside the proposal, and a page of many does not. */
function untold({ email }: Person, { generation, edits = [], asked }: ApprovalRow): string {
  if (edits.length > 0) return 'An approver changed it: read on its own page how.';
  if (generation > 1) return 'It was thought about again: read on its own page what is different.';
  return asked[email]?.note ? 'A note comes with it: read it on its own page.' : '';
}

/** The document's own risk counts: the row's copy is for lists. */
function doubtOf(
  { risk, suspicions = [], documents = [] }: ProposalDocument,
  decision: ManyDecision,
  takesDocuments: boolean,
): string {
  if (risk !== 'routine') return `It is ${risk}: decide it on its own page.`;
  if (decision === 'approve' && suspicions.length > 0)
    return 'Something in the item is suspicious: read it on its own page.';
  // Also one without: an attention check has none, and must not be the only one that fits.
  if (decision === 'approve' && (takesDocuments || documents.length > 0))
    return 'Its automation takes documents, whose pages are shown on its own page only.';
  return '';
}
