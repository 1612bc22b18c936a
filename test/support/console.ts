import { ask } from '../../lambdas/approve/ask/ask.ts';
import { consoleApp } from '../../lambdas/console/console.ts';
import type { ApprovalRow, Asked } from '../../lambdas/contract/approval.ts';
import { closedPhase, OPEN_PHASE } from '../../lambdas/contract/approval.ts';
import type { ApprovalPolicy } from '../../lambdas/contract/approval-policy.ts';
import type { ApprovalSettings } from '../../lambdas/contract/approval-settings.ts';
import type { AuditPolicy } from '../../lambdas/contract/audits/sample.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { DocumentPolicy } from '../../lambdas/contract/document.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { outlineOf } from '../../lib/parts/registry.ts';
import { automation, SETTINGS as DESK, ENV, itemRow, proposal } from './fixtures.ts';
import { stubServer } from './http.ts';
import { time, world } from './world.ts';

/* People with browsers before the console, and the questions that lie on its desk. */

export const SETTINGS: ApprovalSettings = {
  ...DESK,
  groups: { ...DESK.groups, others: [{ email: 'zoe@example.com' }] },
  auditors: ['august@example.com'],
};

/** The settings of the next request: a test changes them as a deployment would. */
export const house: {
  settings: ApprovalSettings;
  baseUrl: string;
  approval: Partial<ApprovalPolicy>;
  documents: DocumentPolicy | undefined;
  audit: AuditPolicy | undefined;
  policy: Partial<Pick<typeof automation, 'gate' | 'thresholds' | 'actions'>> & Pick<Automation, 'steps'>;
} = {
  settings: SETTINGS,
  baseUrl: 'https://desk.example',
  approval: {},
  documents: undefined,
  audit: undefined,
  policy: {},
};

export function freshHouse(): void {
  world.reset();
  time.freeze();
  world.secrets['signalbox/approvals'] = '{"key":"key-of-the-desk"}';
  house.settings = SETTINGS;
  house.baseUrl = 'https://desk.example';
  house.approval = {};
  house.documents = undefined;
  house.audit = undefined;
  house.policy = {};
}

export function app() {
  const env = { ...ENV, BASE_URL: house.baseUrl };
  const { approval, documents, audit, policy } = house;
  const declared = {
    ...automation,
    ...policy,
    ...(documents ? { documents } : {}),
    ...(audit ? { audit } : {}),
    approval: { ...automation.approval, ...approval },
  };
  const neighbours = [{ kind: 'destination', name: 'ledger' } as const];
  return consoleApp({
    ...{ env, settings: house.settings, neighbours, outlines: [outlineOf(declared)] },
    declarationOf: async (name) => (name === declared.name ? declared : undefined),
    declarations: async () => [declared],
  });
}

/**
 * What the worker of the approvals queue does about requests for links; other messages stay where they are.
 */
async function sendLinks(): Promise<void> {
  const isSignIn = (body: string) => (JSON.parse(body) as { command?: string }).command === 'sign in';
  const messages = world.queues.get('questions') ?? [];
  if (!messages.some(isSignIn)) return;
  world.queues.set(
    'questions',
    messages.filter((body) => !isSignIn(body)),
  );
  const env = { ...ENV, BASE_URL: house.baseUrl };
  for (const body of messages.filter(isSignIn))
    await ask(JSON.parse(body), { env, settings: house.settings }).catch(() => {});
}

/** An ISO time so many minutes from now. */
export const inMinutes = (minutes: number): string => new Date(time.at + minutes * 60_000).toISOString();

export const askedOf = (...emails: string[]): Record<string, Asked> =>
  Object.fromEntries(emails.map((email) => [email, { group: 'leads', via: '', mailedAt: inMinutes(-30) }]));

/** A question that was put half an hour ago to the leads, with its item and its document. */
export function put(
  id: string,
  fields: Partial<ApprovalRow> & { risk?: ApprovalRow['facts']['risk']; promise?: number } = {},
  more: Partial<ProposalDocument> = {},
): ApprovalRow {
  const { risk = 'routine', promise = 30, ...changed } = fields;
  const document = proposal({ itemId: id, risk, reversible: risk === 'routine', ...more });
  const proposalKey = `items/${id}/proposal-g1.json`;
  const fingerprint = digest(document);
  const { action, label, summary, reasons, confidence, promptVersions, models, policyVersion } = document;
  const row: ApprovalRow = {
    ...{ id: `${id}-g1`, itemId: id, generation: 1, automation: 'demo', status: 'pending', version: 1 },
    ...{ askedDigest: fingerprint, askedKey: proposalKey, digest: fingerprint, proposalKey },
    facts: {
      ...{ action, label, risk, summary, reasons, confidence, promptVersions, models, policyVersion },
      reversible: document.reversible,
      sources: [],
    },
    createdAt: inMinutes(-30),
    phase: OPEN_PHASE,
    phaseAt: `${inMinutes(promise)}#${id}-g1`,
    times: {
      remindAt: inMinutes(promise - 10),
      promiseAt: inMinutes(promise),
      escalateAt: inMinutes(Math.max(60, promise)),
      closesAt: inMinutes(Math.max(60, promise) + 120),
    },
    ...{ quorum: 1, group: 'leads', escalateTo: 'bosses', votes: {} },
    asked: askedOf('ann@example.com', 'bob@example.com'),
    trail: [{ at: inMinutes(-30), event: 'asked', to: 'leads', digest: fingerprint }],
    expiresAt: 2_000_000_000,
    ...changed,
  };
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  world.tables.put('approvals', row);
  if (!row.attentionCheck) world.tables.put('items', itemRow({ id, status: 'waiting_approval' }));
  return row;
}

/** One that was decided so many minutes ago. */
export function putClosed(
  id: string,
  minutesAgo: number,
  fields: Partial<ApprovalRow> & { risk?: ApprovalRow['facts']['risk']; promise?: number } = {},
  more: Partial<ProposalDocument> = {},
): ApprovalRow {
  const at = inMinutes(-minutesAgo);
  return put(
    id,
    {
      ...{ status: 'decided', decision: 'approve', decidedBy: 'bob@example.com', decidedAt: at },
      ...(fields.undoUntil ? {} : { carriedAt: at }),
      ...{ activeSeconds: 42, phase: closedPhase(at), phaseAt: `${at}#${id}-g1` },
      ...fields,
    },
    more,
  );
}

export interface Seen {
  status: number;
  text: string;
  headers: Headers;
  /** Where it leads, for a redirection. */
  to: string;
}

/** A browser: it keeps cookies and nothing else. */
export class Browser {
  readonly cookies = new Map<string, string>();

  async request(path: string, init: RequestInit = {}): Promise<Seen> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, 'sec-fetch-site': 'same-origin', ...(cookie ? { cookie } : {}) };
    const response = await app().request(path, { ...init, headers });
    await sendLinks();
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return {
      status: response.status,
      text: await response.text(),
      headers: response.headers,
      to: response.headers.get('location') ?? '',
    };
  }

  get(path: string, method = 'GET'): Promise<Seen> {
    return this.request(path, { method });
  }

  post(path: string, fields: Record<string, string> = {}): Promise<Seen> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** Opens a page and sends its form with what is typed into it. */
  async send(path: string, fields: Record<string, string>, to = path): Promise<Seen> {
    const { text } = await this.get(path);
    return this.post(to, { ...hidden(mainOf(text)), ...fields });
  }

  /** Asks for a mail, opens its link, presses its button. */
  async signIn(email: string): Promise<this> {
    await this.send('/console/sign-in', { email });
    const link = linkOf(world.mails.at(-1)?.text);
    const { status } = await this.send(link, {});
    if (status !== 303) throw new Error(`signing in as ${email} was answered ${status}`);
    // The next mail of the same minute would be refused.
    time.advance(61);
    return this;
  }
}

export const signedIn = (email: string): Promise<Browser> => new Browser().signIn(email);

/** The path of the sign-in link in a mail. */
export function linkOf(text = ''): string {
  return /\/console\/sign-in\/[\w-]+/.exec(text)?.[0] ?? '';
}

/** Without the frame, whose form signs out. */
export function mainOf(text: string): string {
  return text.slice(text.indexOf('<main'), text.indexOf('</main>'));
}

export function hidden(text: string): Record<string, string> {
  const fields = text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries(
    [...fields].map(([, name, value]) => [name, value?.replaceAll('&amp;', '&') ?? '']),
  );
}

export function stored(id: string): ApprovalRow {
  return world.tables.row<ApprovalRow>('approvals', `${id}-g1`) as ApprovalRow;
}

/** The console at an address of its own, for a real browser. */
export async function served(): Promise<{ url: string; close(): Promise<void> }> {
  const stub = await stubServer(async (response, { method, path, headers, body }) => {
    const said = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const init = { method, headers: said, ...(method === 'POST' ? { body } : {}) };
    const answer = await app().request(`${stub.url}${path}`, init);
    await sendLinks();
    response.writeHead(answer.status, [
      ...[...answer.headers].filter(([name]) => name !== 'set-cookie').flat(),
      ...answer.headers.getSetCookie().flatMap((it) => ['set-cookie', it]),
    ]);
    response.end(await answer.text());
  });
  house.baseUrl = stub.url;
  return stub;
}
