import type * as z from 'zod/mini';
import type { auditSchema, casesSchema, statisticsSchema } from '../lambdas/api/openapi/approval-schemas.ts';
import type { automationSchema } from '../lambdas/api/openapi/automation-schema.ts';
import type { outcomesSchema } from '../lambdas/api/openapi/outcome-schemas.ts';
import type { acceptedSchema, itemSchema, pageSchema } from '../lambdas/api/openapi/schemas.ts';
import { type ItemStatus, RESTING } from '../lambdas/contract/item/status.ts';
import { cutText } from '../lambdas/kit/text.ts';
import { type Answer, ApiProblem, type ProblemDocument, REACH, Unreachable } from './errors.ts';
import { clean, cleanDeep, oneLine } from './text.ts';

export type Item = z.output<typeof itemSchema>;
export type Page = z.output<typeof pageSchema>;
export type Accepted = z.output<typeof acceptedSchema>;
export type Automation = z.output<typeof automationSchema>;
export type Audit = z.output<typeof auditSchema>;
export type Statistics = z.output<typeof statisticsSchema>;
export type Outcomes = z.output<typeof outcomesSchema>;
export type Cases = z.output<typeof casesSchema>;

/** The longest wait of one request; for more the client asks again. */
export const REQUEST_WAIT_SECONDS = 25;
export const MOST_WAIT_SECONDS = 3600;
const REQUEST_MS = 35_000;

type Query = Readonly<Record<string, string | number | undefined>>;
type Request = RequestInit & { headers?: Record<string, string> };

export class Client {
  readonly #base: string;
  readonly #token: string;
  readonly #tokenSource: string;

  constructor(url: string, token: string, tokenSource: string) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new Unreachable(`SIGNALBOX_API_URL must be an http or https address, got '${url}'`);
    }
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new Unreachable(`the token of ${tokenSource} must be printable ASCII without spaces`);
    }
    this.#base = url.replace(/\/+$/, '');
    this.#token = token;
    this.#tokenSource = tokenSource;
  }

  /** A page of the deployment, for a person to open. */
  at(path: string): string {
    return `${this.#base}${path}`;
  }

  get<T>(path: string, query: Query = {}): Promise<Answer<T>> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value));
    }
    return this.#call<T>(search.size > 0 ? `${path}?${search}` : path, {});
  }

  post<T>(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer<T>> {
    return this.#call<T>(path, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });
  }

  delete<T>(path: string, body: string): Promise<Answer<T>> {
    return this.#call<T>(path, { method: 'DELETE', body, headers: { 'content-type': 'application/json' } });
  }

  /** The item, once it is settled, or after so many seconds. */
  async item(id: string, seconds = 0): Promise<Answer<Item>> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const left = Math.ceil((until - Date.now()) / 1000);
      const wait = left > 0 ? Math.min(left, REQUEST_WAIT_SECONDS) : undefined;
      const answer = await this.get<Item>(`/v1/items/${encodeURIComponent(id)}`, { wait });
      if (isSettled(answer.data.status) || Date.now() >= until) return answer;
    }
  }

  async #call<T>(path: string, request: Request): Promise<Answer<T>> {
    const [response, text] = await this.#fetch(path, request);
    const json = parse(text);
    if (response.ok && json !== undefined) return { data: cleanDeep(json) as T, json };
    throw this.#problem(response, json, text);
  }

  async #fetch(path: string, request: Request): Promise<[Response, string]> {
    const headers = {
      ...request.headers,
      accept: 'application/json',
      authorization: `Bearer ${this.#token}`,
    };
    const signal = AbortSignal.timeout(REQUEST_MS);
    try {
      const response = await fetch(this.#base + path, { ...request, headers, signal });
      return [response, await response.text()];
    } catch (error) {
      throw new Unreachable(`no answer from ${this.#base} (${reason(error)}): ${REACH}`);
    }
  }

  #problem({ status, headers }: Response, json: unknown, text: string): ApiProblem {
    // A gateway or a proxy on the way answers in its own format.
    const foreign = {
      title: 'Not an answer from Signalbox',
      status,
      detail: `${this.#base} said: ${oneLine(cutText(text, 300))}`,
    };
    const problem = typeof json === 'object' && json !== null && 'title' in json ? json : foreign;
    const data = cleanDeep(problem) as ProblemDocument;
    return new ApiProblem(status, { data, json: problem }, this.#hint(status, headers));
  }

  #hint(status: number, headers: Headers): string | undefined {
    if (status === 401) return `the token was taken from ${this.#tokenSource}`;
    const after = headers.get('retry-after');
    return after === null ? undefined : `try again in ${clean(after)} s`;
  }
}

/** Nothing more happens by itself: the item is finished, set aside, or waits for a person. */
export function isSettled(status: ItemStatus): boolean {
  return RESTING.includes(status) || status === 'waiting_approval';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${REQUEST_MS / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
