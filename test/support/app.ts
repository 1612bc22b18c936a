import { inject } from 'vitest';

/*
 * The deployed application as its users have it: over HTTP, with the addresses of `outputs.json`.
 */

export const outputs = inject('outputs');

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

/** The item once it has one of these statuses. @throws Error with its timeline when it takes longer than `seconds` */
export async function reaches(id: string, statuses: string | string[], seconds = 40): Promise<Story> {
  const wanted = [statuses].flat();
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const item = await story(id);
    if (wanted.includes(item.status)) return item;
    if (Date.now() > until)
      throw new Error(`${id} did not become ${wanted}: ${JSON.stringify(item, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
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

export async function modelCalls(): Promise<number> {
  return ((await (await fetch(`${outputs.sandboxModelUrl}/calls`)).json()) as { count: number }).count;
}

export async function modelFault(mode: string, seconds = 60): Promise<void> {
  await fetch(`${outputs.sandboxModelUrl}/faults`, {
    method: 'POST',
    body: JSON.stringify({ mode, seconds }),
  });
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

/** The links in the mails about one item, by recipient. */
export async function approvalLinks(itemId: string): Promise<Record<string, string>> {
  const mails = (await inbox()).filter((mail) => mail.text.includes(itemId));
  return Object.fromEntries(
    mails.map((mail) => [mail.to, /https?:\/\/\S+\/approvals\/\S+/.exec(mail.text)?.[0] ?? '']),
  );
}

/** The hidden fields of an approval page. */
export async function openPage(
  url: string,
): Promise<{ status: number; page: string; fields: Record<string, string> }> {
  const response = await fetch(url);
  const page = await response.text();
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  return {
    status: response.status,
    page,
    fields: Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
  };
}

export async function submit(
  url: string,
  fields: Record<string, string>,
): Promise<{ status: number; page: string }> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  return { status: response.status, page: await response.text() };
}

export const REFUND = {
  small: {
    orderId: 'W2001',
    amount: '24.90',
    currency: 'EUR',
    text: 'I was charged twice for the same order. Please pay one charge back.',
  },
  large: {
    orderId: 'W2002',
    amount: '240.00',
    currency: 'EUR',
    text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
  },
};

/** The same body is the same item for a while: tests that want a new one say so. */
export function fresh<B extends { orderId: string }>(body: B): B {
  return { ...body, orderId: `W${Math.floor(Math.random() * 1e12).toString(36)}` };
}
