import { MOST_REPLY_BYTES, replyBytes } from '../../kit/http.ts';
import type { ApiAnswer } from './api-call.ts';

/** The result of a tool, in the protocol's words. */
export interface ToolResult {
  // The protocol's results may hold more than they say.
  [more: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** What the API calls `waiting_approval`. */
export const PENDING = 'pending';

/** What to do next, by status; of the others there is nothing to do. */
const NEXT: Readonly<Record<string, string>> = {
  [PENDING]:
    'A person is asked. Nothing has been done yet, and nothing more is needed from you: read the item later with get_item.',
  received: 'It is under way: read the item with get_item.',
  processing: 'It is under way: read the item with get_item.',
  acting: 'It is being carried out: read the item with get_item.',
  deferred: 'It is kept for later: read the item with get_item after deferredUntil.',
  suspended: 'It waits until an operator lets it go on. Do not send it again.',
  parked: 'It waits until an operator lets it go on. Do not send it again.',
  quarantined: 'It could not be worked on; error says why.',
};

/** An item that the API told of, or its refusal. */
export function item({ status, body, retryAfter }: ApiAnswer): ToolResult {
  if (status >= 300) return failure({ ...body, status, retryAfter });
  const itemStatus = body.status;
  const told = itemStatus === 'waiting_approval' ? { ...body, status: PENDING, itemStatus } : body;
  const next = NEXT[String(told.status)];
  return success(told, ...(next ? [next] : []));
}

/** Structured, and as text for clients that know only that. */
export function success(body: Record<string, unknown>, ...sentences: string[]): ToolResult {
  const texts = [JSON.stringify(body), ...sentences];
  const result = { content: texts.map(text), structuredContent: body };
  if (replyBytes(result) <= MOST_REPLY_BYTES) return result;
  return failure({
    status: 413,
    detail: `the answer is too long for a tool: read it by GET /v1/items/${String(body.id)}`,
  });
}

/** A problem of the API, in words that say which field is wrong and what to do. */
export function failure(problem: Readonly<Record<string, unknown>>): ToolResult {
  const { status, detail, errors, retryAfter } = problem;
  const faults = (Array.isArray(errors) ? errors : []).map(
    ({ pointer, message }: { pointer?: unknown; message?: unknown }) =>
      `${pointer || '(the arguments)'}: ${message}`,
  );
  const again = retryAfter === undefined ? [] : [`Nothing was kept: call again after ${retryAfter} seconds.`];
  const lines = [`${status}: ${detail ?? 'the API refused the call'}`, ...faults, ...again];
  return { isError: true, content: [text(lines.join('\n'))] };
}

const text = (it: string) => ({ type: 'text' as const, text: it });
