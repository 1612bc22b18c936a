import type { IncomingMessage } from 'node:http';

/* Destinations with an API of their own: what an automation's `sandbox.ts` says that they answer. */

/** A call to an API, as `apis` of a `sandbox.ts` gets it. */
export interface ApiCall {
  method: string;
  /** Behind the destination's own address, such as `/v1/refunds`; as it was sent. */
  path: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingMessage['headers'];
  /** The value of its JSON, the fields of its form, or its text. */
  body: unknown;
}

export interface ApiReply {
  status: number;
  body?: unknown;
}

/** What it answers. Undefined: as an API that nobody has told of. */
export type SandboxApi = (call: ApiCall) => ApiReply | undefined;

/** Whoever has the client's secret gets it; the sandbox asks nobody. */
export const TOKEN = { access_token: 'sandbox', token_type: 'Bearer', expires_in: 3600 };

export function bodyOf(type: string | undefined, text: string): unknown {
  if (type?.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Of an API that nobody has told of: it takes every call that writes, and finds nothing. */
export function unknownApi(method: string, reference: string): ApiReply {
  return method === 'GET'
    ? { status: 404, body: { error: 'not found' } }
    : { status: 200, body: { id: reference, reference } };
}
