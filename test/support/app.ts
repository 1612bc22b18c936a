import type { Browser, Page } from 'playwright-core';
import { vi } from 'vitest';
import { deployment } from './deployment.ts';

export { openPage, type Shown, say, submit, submitOnce, words } from './pages.ts';
export { fresh, freshInvoice, REFUND, TICKET } from './posted.ts';

/*
 * The deployed application as its users have it: over HTTP, with the addresses of `outputs.json`.
 */

export const { outputs } = deployment;

const token = { authorization: `Bearer ${outputs.clientToken}` };

export interface Story {
  id: string;
  status: string;
  label?: string;
  verdict?: string;
  reasons?: string[];
  proposal?: {
    action: string;
    parameters: Record<string, unknown>;
    confidence: number | null;
    brief: string;
  };
  approval?: {
    status: string;
    decidedBy?: string;
    decidedAt?: string;
    decision?: string;
    activeSeconds?: number;
  };
  action?: {
    name: string;
    status: string;
    idempotencyKey: string;
    result?: { status: number; reference?: string };
  };
  costUsd?: number;
  tokens?: { input: number; output: number };
  timeline: { at: string; event: string; [fact: string]: unknown }[];
  lineage?: {
    step: string;
    model: string;
    endpoint: string;
    promptVersion: string;
    cached: boolean;
    costUsd: number;
    inputTokens: number;
    outputTokens: number;
    failure?: string;
  }[];
  generation: number;
  error?: { class: string; message: string };
  duplicate?: boolean;
}

export async function request(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const headers = { ...token, ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(`${outputs.apiUrl}${path}`, { ...init, headers });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers };
}

export async function post(automation: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await request(`/v1/automations/${automation}/items`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return {
    ...answer,
    body: answer.body as Story & { errors?: { pointer: string; message: string }[]; detail?: string },
  };
}

export async function story(id: string): Promise<Story> {
  return (await request(`/v1/items/${id}`)).body as Story;
}

/**
 * The item once it has one of these statuses.
 * @throws Error with its timeline when it takes longer than `seconds`
 */
export async function reaches(id: string, statuses: string | string[], seconds = 150): Promise<Story> {
  const wanted = [statuses].flat();
  const since = Date.now();
  const until = since + seconds * 1000;
  for (;;) {
    const item = await story(id);
    if (wanted.includes(item.status)) return item;
    if (Date.now() > until)
      throw new Error(`${id} did not become ${wanted}: ${JSON.stringify(item, null, 1)}`);
    // Each look takes three functions some time: what takes long is looked at less often.
    const pause = Math.min(1000, Math.max(150, (Date.now() - since) / 10));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

export interface DestinationCall {
  at: string;
  idempotencyKey: string;
  item: string;
  body: Record<string, unknown>;
  duplicate: boolean;
}

export async function callsFor(destination: string, item: string): Promise<DestinationCall[]> {
  const calls = (await (
    await fetch(`${outputs.destinations[destination]}/calls`)
  ).json()) as DestinationCall[];
  return calls.filter((call) => call.item === item);
}

/** The sandbox's model servers, which are the endpoints `sandbox` and `sandbox-b`. */
export const MODEL_SERVERS = {
  sandbox: outputs.sandboxModelUrl,
  'sandbox-b': `${outputs.sandboxModelUrl}-b`,
};
export type ModelServer = keyof typeof MODEL_SERVERS;
const BOTH = Object.keys(MODEL_SERVERS) as ModelServer[];

export async function modelCalls(...servers: ModelServer[]): Promise<number> {
  const counts = (servers.length > 0 ? servers : BOTH).map(async (server) => {
    const response = await fetch(`${MODEL_SERVERS[server]}/calls`);
    return ((await response.json()) as { count: number }).count;
  });
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

/** Of every model server, or of one. */
export async function modelFault(
  mode: string,
  seconds = 60,
  {
    server,
    ...more
  }: { server?: ModelServer; model?: string; perSecond?: number; watch?: readonly string[] } = {},
): Promise<void> {
  const body = JSON.stringify({ mode, seconds, ...more });
  const faulty = server ? [server] : BOTH;
  await Promise.all(faulty.map((one) => fetch(`${MODEL_SERVERS[one]}/faults`, { method: 'POST', body })));
}

export interface Mail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  sentAt: string;
}

export async function inbox(): Promise<Mail[]> {
  return (await (
    await fetch(outputs.inboxUrl, { headers: { accept: 'application/json' } })
  ).json()) as Mail[];
}

/** The mails about an item, or about one of its approvals, newest first. */
export async function mailsAbout(id: string): Promise<Mail[]> {
  return (await inbox()).filter((mail) => mail.text.includes(id));
}

/** The links in the first mails about an item, or about one of its approvals, by recipient. */
export async function approvalLinks(id: string): Promise<Record<string, string>> {
  const mails = await mailsAbout(id);
  return Object.fromEntries(
    mails.map((mail) => [mail.to, /https?:\/\/\S+\/approvals\/\S+/.exec(mail.text)?.[0] ?? '']),
  );
}

/** A question that waits for people, with their links. */
export interface Question {
  id: string;
  approvalId: string;
  links: Record<string, string>;
  /** The link of `<name>@example.com`. @throws Error when they got none */
  of(name: string): string;
}

/** Posts work that needs a person and waits until they are asked. */
export async function ask(automation: string, body: unknown, generation = 1): Promise<Question> {
  const posted = await post(automation, body, { 'idempotency-key': crypto.randomUUID() });
  if (posted.status !== 202) throw new Error(`not accepted: ${JSON.stringify(posted.body)}`);
  const { id } = posted.body;
  await reaches(id, 'waiting_approval');
  return questionOf(id, generation);
}

/** What was asked about an item in one of its generations. */
export async function questionOf(id: string, generation = 1): Promise<Question> {
  const approvalId = `${id}-g${generation}`;
  const links = await approvalLinks(approvalId);
  const of = (name: string) => {
    const link = links[`${name}@example.com`];
    if (!link) throw new Error(`${name} has no link to ${approvalId}: ${Object.keys(links)}`);
    return link;
  };
  return { id, approvalId, links, of };
}

/** A page of somebody who has come into the console by the link in their mail. */
export async function signIn(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(outputs.consoleUrl);
  const before = (await inbox()).length;
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByRole('heading', { name: 'Check your mailbox' }).waitFor();
  // The page says the same to everybody; whoever is known gets the mail a moment later, through a queue.
  const link = await vi.waitFor(
    async () => {
      const mails = (await inbox()).slice(0, -before || undefined).filter(({ to }) => to === email);
      const links = mails.map(({ text }) => /https?:\/\/\S+\/sign-in\/\S+/.exec(text)?.[0]);
      return links.find(Boolean) ?? Promise.reject(new Error(`no link to sign in was mailed to ${email}`));
    },
    { timeout: 30_000, interval: 200 },
  );
  await page.goto(link);
  await page.getByRole('button', { name: /^Sign in as/ }).click();
  await page.getByRole('link', { name: /Queue/ }).first().waitFor();
  return page;
}
