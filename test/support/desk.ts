import { desk } from '../../lambdas/approve/desk.ts';
import type { ApprovalRow } from '../../lambdas/shared/approval.ts';
import { digest, sha256 } from '../../lambdas/shared/digest.ts';
import type { ProposalDocument } from '../../lambdas/shared/item.ts';
import { ENV, gated, ID, proposal } from './fixtures.ts';
import { world } from './world.ts';

/* A question that was put to two people, and the browser they answer it with. */

export const APPROVAL = `${ID}-g1`;
export const ANN = 'a'.repeat(43);
export const BOB = 'b'.repeat(43);

export function question(
  document: ProposalDocument = proposal(),
  fields: Partial<ApprovalRow> = {},
): ApprovalRow {
  const item = gated({ verdict: 'ask', status: 'waiting_approval', approvalId: APPROVAL }, document);
  const row: ApprovalRow = {
    id: APPROVAL,
    itemId: ID,
    generation: 1,
    automation: 'demo',
    status: 'pending',
    digest: digest(document),
    proposalKey: item.proposalKey ?? '',
    taskToken: 'token-1',
    createdAt: '2026-12-01T08:30:00.000Z',
    closesAt: Date.parse('2026-12-01T12:00:00Z') / 1000,
    links: {
      [sha256(ANN)]: { email: 'ann@example.com', group: 'leads' },
      [sha256(BOB)]: { email: 'bob@example.com', group: 'leads' },
    },
    mailed: ['leads'],
    expiresAt: 2_000_000_000,
    ...fields,
  };
  world.tables.put('approvals', row);
  world.secrets['signalbox/desk'] = '{"key":"key-of-the-desk"}';
  return row;
}

export interface Page {
  status: number;
  text: string;
  headers: Headers;
}

async function page(path: string, init: RequestInit = {}): Promise<Page> {
  const response = await desk(ENV).request(path, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export const show = (token = ANN, id = APPROVAL, method = 'GET') =>
  page(`/approvals/${id}?t=${token}`, { method });

export const send = (fields: Record<string, string>, id = APPROVAL) =>
  page(`/approvals/${id}`, { method: 'POST', body: new URLSearchParams(fields) });

export const plain = page;

/** The hidden fields of a page that was shown. */
export async function fieldsOf(token = ANN): Promise<Record<string, string>> {
  const { text } = await show(token);
  const hidden = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  return Object.fromEntries(hidden.map(([, name, value]) => [name, value]));
}

export function row(): ApprovalRow {
  return world.tables.row<ApprovalRow>('approvals', APPROVAL) as ApprovalRow;
}
