import { type Init, withFiles } from '../samples-files.ts';
import type { Answer, Caller } from './posts.ts';
import type { Planned } from './traffic.ts';

/* Posts what is due when it is due, over so many connections. Whoever is turned away waits as long as it is told and comes back. */

export interface Sent {
  post: Planned;
  /** Milliseconds since 1970. */
  dueAt: number;
  endedAt: number;
  /** Waiting because it was turned away. */
  heldMs: number;
  /** Waiting for a connection, and for the answer that counts. */
  lateMs: number;
  answerMs: number;
  /** How often it was turned away, and how often no usable answer came. */
  turnedAway: number;
  retries: number;
  /** Absent where it was not accepted. */
  id?: string;
  duplicate?: boolean;
  /** Why it was not accepted: `HTTP 400`, `no answer`. */
  fault?: string;
}

export interface Sending {
  caller: Caller;
  token: string;
  connections: number;
  /** No post begins after it. */
  signal: AbortSignal;
  told(sent: Sent): void;
}

/** Tries after the first one without a usable answer; the key makes it safe. */
const RETRIES = 5;
const RETRY_MS = 1000;
/** A client that is told nothing else comes back so soon. */
const AGAIN_SECONDS = 1;
const MOST_AGAIN_SECONDS = 60;

export async function sendAll(posts: readonly Planned[], sending: Sending): Promise<Sent[]> {
  const began = Date.now();
  const all: Sent[] = [];
  let taken = 0;
  const worker = async () => {
    for (let post = posts[taken++]; post && !sending.signal.aborted; post = posts[taken++]) {
      const dueAt = began + post.dueMs;
      await pause(dueAt - Date.now(), sending.signal);
      if (sending.signal.aborted) return;
      const sent = await sendOne(post, dueAt, sending);
      all.push(sent);
      sending.told(sent);
    }
  };
  await Promise.all(Array.from({ length: sending.connections }, worker));
  return all;
}

async function sendOne(post: Planned, dueAt: number, { caller, token, signal }: Sending): Promise<Sent> {
  const sent: Sent = {
    post,
    dueAt,
    endedAt: 0,
    heldMs: 0,
    lateMs: 0,
    answerMs: 0,
    turnedAway: 0,
    retries: 0,
  };
  sent.lateMs = Math.max(0, Date.now() - dueAt);
  const began = Date.now();
  const body = await bodyOf(post, caller, token);
  if (typeof body !== 'string') return { ...sent, ...body, endedAt: Date.now() };
  sent.lateMs += Date.now() - began;
  const headers = {
    ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...{ 'idempotency-key': post.key, 'signalbox-priority': post.priority },
    ...(post.wait === undefined ? {} : { prefer: `wait=${post.wait}` }),
  };
  const path = `/v1/automations/${post.automation}/items`;
  for (;;) {
    const answer = await caller.call('POST', path, headers, body).catch((error: Error) => error);
    sent.endedAt = Date.now();
    const next = after(answer, sent);
    if (next === undefined) return sent;
    await pause(next, signal);
    if (signal.aborted) return { ...sent, fault: 'broken off' };
    if (!(answer instanceof Error) && answer.status === 429) sent.heldMs += Date.now() - sent.endedAt;
  }
}

/** Writes down what came. @returns milliseconds until the next try; undefined where there is none */
function after(answer: Answer | Error, sent: Sent): number | undefined {
  if (answer instanceof Error || answer.status >= 500) {
    sent.fault = answer instanceof Error ? 'no answer' : `HTTP ${answer.status}`;
    if (sent.retries >= RETRIES) return undefined;
    sent.retries += 1;
    return RETRY_MS * sent.retries;
  }
  if (answer.status === 429) {
    sent.turnedAway += 1;
    const asked = Number(answer.headers['retry-after']);
    return 1000 * Math.min(MOST_AGAIN_SECONDS, asked > 0 ? asked : AGAIN_SECONDS);
  }
  delete sent.fault;
  sent.answerMs = answer.ms;
  const known = parsed(answer.body);
  if ((answer.status === 200 || answer.status === 202) && known.id) {
    sent.id = known.id;
    if (known.duplicate) sent.duplicate = true;
  } else sent.fault = `HTTP ${answer.status}`;
  return undefined;
}

/** Files go up first, as a client's would. */
async function bodyOf(post: Planned, caller: Caller, token: string): Promise<string | { fault: string }> {
  const { automation, body, documents } = post;
  if (!documents?.length) return JSON.stringify(body);
  const ask = async (path: string, { headers: given, ...init }: Init) => {
    const headers: Record<string, string> = {
      ...(given as Record<string, string>),
      authorization: `Bearer ${token}`,
    };
    const method = init.method === 'POST' ? 'POST' : 'GET';
    const text = typeof init.body === 'string' ? init.body : '';
    const answer = await caller.call(method, path, headers, text).catch((error: Error) => error);
    if (answer instanceof Error) return { fault: 'no answer' };
    return answer.status < 300 ? { json: parsed(answer.body) } : { fault: `HTTP ${answer.status}` };
  };
  try {
    const made = await withFiles(ask, { automation, body, documents, note: '' });
    return typeof made === 'string' ? made : { fault: `upload: ${made.fault}` };
  } catch {
    return { fault: 'upload: no answer' };
  }
}

function parsed(text: string): { id?: string; duplicate?: boolean } {
  try {
    return JSON.parse(text) as { id?: string };
  } catch {
    return {};
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!(ms > 0) || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
