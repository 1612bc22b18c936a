import { newApproval } from '../../lambdas/approve/ask/open.ts';
import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import type { PageContext } from '../../lambdas/approve/channels/page/visit.ts';
import { type ApprovalRow, type Asked, type Presence, roundOf } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import type { ProposalDocument, Question } from '../../lambdas/contract/item/proposal-document.ts';
import { sealApproval } from '../../lambdas/gate/seal.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import type { LinkRow } from '../../lambdas/tables/approvals/handles.ts';
import { automation, ENV, gated, ID, PAY, proposal, QUESTION, SETTINGS } from './fixtures.ts';
import { unescaped } from './html.ts';
import { DECISION_KEY, time, world } from './world.ts';

/* A question that was put to two people, and the browser they answer it with. */

export const APPROVAL = `${ID}-g1`;
export const ANN = 'a'.repeat(43);
export const BOB = 'b'.repeat(43);
export const CAT = 'c'.repeat(43);
/** The hash of `key` is the one thing that makes a nonce ours. */
export const KEY = 'key-of-the-desk';

const MEMBER: Asked = { group: 'leads', via: '', mailedAt: '2026-12-01T08:30:01.000Z' };

export function question(
  document: ProposalDocument = proposal(),
  fields: Partial<ApprovalRow> = {},
): ApprovalRow {
  const item = gated({ verdict: 'ask', status: 'waiting_approval', approvalId: APPROVAL }, document);
  const now = time.at;
  time.at = Date.parse('2026-12-01T08:30:00.000Z');
  const fresh = newApproval(SETTINGS, document, {
    ...{ itemId: ID, generation: 1, digest: digest(document), proposalKey: item.proposalKey ?? '' },
    asked: { 'ann@example.com': MEMBER, 'bob@example.com': MEMBER },
  });
  time.at = now;
  const row: ApprovalRow = {
    ...fresh,
    expiresAt: 2_000_000_000,
    ...fields,
  };
  if (row.decision === 'approve') row.seal ??= sealOf(row);
  world.tables.put('approvals', row);
  const mailed = { [ANN]: 'ann@example.com', [BOB]: 'bob@example.com', [CAT]: 'cat@example.com' };
  for (const [token, email] of Object.entries(mailed)) if (row.asked[email]) link(token, email);
  world.tables.put('links', { id: `token#${row.id}`, tokens: ['token-1'], expiresAt: 2_000_000_000 });
  world.secrets['signalbox/approvals'] = JSON.stringify({ key: KEY });
  return row;
}

/** A link that somebody has in their mail. */
export function link(token: string, email: string, approvalId = APPROVAL): void {
  world.tables.put('links', { id: `link#${sha256(token)}`, approvalId, email, expiresAt: 2_000_000_000 });
}

/** Whose link it is that a mail holds, as the desk knows it. */
export const ownerOf = (token: string) => world.tables.row<LinkRow>('links', `link#${sha256(token)}`)?.email;

export const tokens = (approvalId = APPROVAL) =>
  world.tables.row<{ tokens: string[] }>('links', `token#${approvalId}`)?.tokens;

/** What `decide` would have signed. */
export function sealOf(row: ApprovalRow): string {
  const { id: approvalId, automation: of, askedDigest, digest: approved, decidedBy = '' } = row;
  const says = { approvalId, automation: of, askedDigest, digest: approved, decidedBy };
  return sealApproval(DECISION_KEY, { ...says, round: roundOf(row) });
}

/** A third person, with a link of their own. */
export function withCat(fields: Partial<ApprovalRow> = {}): Partial<ApprovalRow> {
  return {
    asked: { 'ann@example.com': MEMBER, 'bob@example.com': MEMBER, 'cat@example.com': MEMBER },
    ...fields,
  };
}

/** A proposal whose parameters may be changed, with what the gate saw of it in the bucket. */
export function editable(
  edits: Question['edits'],
  fields: Partial<ProposalDocument> = {},
  question: Partial<Question> = {},
): ProposalDocument {
  const parameters = { ...PAY.parameters, ...fields.parameters };
  const evaluated: Evaluated = {
    ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], text: 'Twice!', suspicions: [] },
    ...{ automatic: false, label: 'Billing', proposal: { ...PAY, parameters } },
  };
  const key = `items/${ID}/evaluated-g1.json`;
  world.content.set(`bucket/${key}`, JSON.stringify(evaluated));
  const asked = { ...QUESTION, edits, evaluated: { key, digest: digest(evaluated) }, ...question };
  return proposal({ ...fields, parameters, question: asked });
}

export const AMOUNT: Question['edits'] = {
  amount: { label: 'Amount', type: 'money', least: '1.00', most: '200.00' },
};

/** Somebody who came by the link in their mail. */
export const person = (name: string): Presence => ({
  by: `${name}@example.com`,
  channel: 'mail',
  authenticatedBy: 'mailed link',
});

export type Given = Partial<PageContext> & { declarations?: readonly Automation[] };

export function context({
  declarations = [automation as Automation],
  ...given
}: Given = {}): PageContext & { env: typeof ENV } {
  const declarationOf = async (name: string) => declarations.find((it) => it.name === name);
  return { settings: SETTINGS, declarationOf, ...given, env: ENV };
}

/** The reversible kind of action, of which a decision may be taken back. */
export const tell = (fields: Partial<ProposalDocument> = {}) =>
  proposal({ action: 'tell', risk: 'routine', reversible: true, summary: 'Tell the help desk', ...fields });

export interface Page {
  status: number;
  text: string;
  headers: Headers;
}

export async function plain(path: string, init: RequestInit = {}, given: Given = {}): Promise<Page> {
  const response = await pageApp(context(given)).request(path, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export const show = (token = ANN, id = APPROVAL, method = 'GET', headers: Record<string, string> = {}) =>
  plain(`/approvals/${id}?t=${token}`, { method, headers });

/** Posts a form, and where that brings the page that asks once more, its form too, as a person does. */
export async function send(
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  given: Given = {},
  id = APPROVAL,
): Promise<Page> {
  const page = await post(fields, headers, given, id);
  return asksOnceMore(page) ? post(fieldsIn(page.text), headers, given, id) : page;
}

export const asksOnceMore = ({ status, text }: Pick<Page, 'status' | 'text'>) =>
  status === 200 && text.includes('<form id="confirm"');

/** One form, as it stands. */
export const post = (
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  given: Given = {},
  id = APPROVAL,
) => plain(`/approvals/${id}`, { method: 'POST', body: new URLSearchParams(fields), headers }, given);

/** The fields that a page holds without anybody typing. */
export function fieldsIn(text: string): Record<string, string> {
  const hidden = [...text.matchAll(/<input type="hidden" name="([\w-]+)" value="([^"]*)">/g)];
  return Object.fromEntries(hidden.map(([, name, value]) => [name, unescaped(value)]));
}

/** The hidden fields of a page that was shown. */
export async function fieldsOf(token = ANN): Promise<Record<string, string>> {
  return fieldsIn((await show(token)).text);
}

/** The cookie that a page gave to its browser, as the browser sends it back. */
export function cookieOf({ headers }: Page): string {
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

export function row(id = APPROVAL): ApprovalRow {
  return world.tables.row<ApprovalRow>('approvals', id) as ApprovalRow;
}

/** Whom the desk has mailed, in the order of the mails. */
export const recipients = () => world.mails.map(({ to }) => to);

/** The token of the link in a mail. */
export const tokenIn = (text = '') => /\?t=([\w-]+)/.exec(text)?.[1] ?? '';
