import { html } from 'hono/html';
import { type ApprovalRow, type Presence, roundOf } from '../../../contract/approval.ts';
import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import type { DeclarationOf } from '../../../contract/automation.ts';
import type { EnvFor } from '../../../contract/env.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { clock } from '../../../kit/clock.ts';
import { digest, personHash } from '../../../kit/digest.ts';
import { getContent } from '../../../kit/objects.ts';
import { readKey } from '../../../kit/signed/keys.ts';
import { count, logger } from '../../../kit/telemetry.ts';
import { makeNonce } from '../../../pages/links.ts';
import { ChangedValues, inClear } from '../../../privacy/document.ts';
import { passing } from '../../decision/pass.ts';

/** What the approval pages need, whichever way a person reaches them. */
export interface PageContext {
  env: Pick<
    EnvFor<'approve/page'>,
    | 'ITEM_TABLE'
    | 'APPROVAL_TABLE'
    | 'AUDIT_TABLE'
    | 'CONTENT_BUCKET'
    | 'FORM_KEYS'
    | 'DECISION_KEYS'
    | 'APPROVALS_QUEUE_URL'
    | 'BASE_URL'
  >;
  settings: ApprovalSettings;
  declarationOf: DeclarationOf;
}

export interface Visit {
  row: ApprovalRow;
  email: string;
  channel: 'mail' | 'console';
  authenticatedBy: Presence['authenticatedBy'];
  /** Hash of the link, or id of the session: the form is bound to it. */
  subject: string;
  browser: string;
  /** How many decisions come with the same form. @default this one */
  together?: number;
  /** The link's secret part, sent along by the form; empty in the console. */
  token: string;
}

/** `openedAt`: a returned form does not restart the clock. The second nonce covers the shown objections. */
export async function hiddenFields(
  secret: string,
  visit: Visit,
  shown: string,
  {
    openedAt = clock.now(),
    review,
  }: { openedAt?: number | undefined; review?: { digest: string } | undefined } = {},
) {
  const key = await readKey(secret);
  const { subject, browser, row, token } = visit;
  const nonce = (digest: string) =>
    makeNonce(key, { subject, browser, approvalId: row.id, digest, round: roundOf(row) }, openedAt);
  const fields = {
    ...(token && { t: token }),
    nonce: nonce(shown),
    ...(review && { reviewed: nonce(review.digest) }),
  };
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

/** The document the approval is bound to, with the values that its tokens stand for, or undefined if another one is stored now. */
export async function readShown(
  { env }: PageContext,
  row: ApprovalRow,
): Promise<ProposalDocument | undefined> {
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, row.proposalKey);
  if (digest(document) === row.digest) {
    const shown = await inClear(env.CONTENT_BUCKET, document, 'approvers').catch(orUndefined);
    if (shown) return shown;
  }
  logger.error('proposal changed after it was asked about', { approval: row.id });
  count('proposalsTampered', row.automation);
  return undefined;
}

function orUndefined(error: unknown): undefined {
  if (!(error instanceof ChangedValues)) throw error;
}

/** Members of both groups who are not asked yet and are not the requester. */
export function colleaguesOf({ groups }: ApprovalSettings, row: ApprovalRow, email: string): string[] {
  const emails = new Set(
    [row.group, row.escalateTo].flatMap((group) => groups[group] ?? []).map((it) => it.email),
  );
  emails.delete(email);
  const free = (it: string) => !row.asked[it] && !passing(row, it);
  return [...emails].filter((it) => free(it) && personHash(it) !== row.facts.requester).sort();
}
