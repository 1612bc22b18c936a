import { Problem } from '../../kit/http.ts';

/** Our own API, as whoever calls us may call it. */
export interface Api {
  baseUrl: string;
  /** The caller's own `Authorization` header. */
  token: string;
}

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
  /** Seconds. */
  retryAfter?: string;
}

/** API Gateway gives a caller up after thirty seconds, of which up to 25 are the waiting for an item. */
const PATIENCE_MS = 28_000;

/**
 * A call of our own API, by a path that is none of a stranger's words.
 * @throws Problem 504 without an answer
 */
export async function callApi(
  { baseUrl, token }: Api,
  path: `/v1/${string}`,
  post?: { body: unknown; headers?: Readonly<Record<string, string>> },
): Promise<ApiAnswer> {
  const init = post
    ? {
        method: 'POST',
        body: JSON.stringify(post.body),
        headers: { ...post.headers, 'content-type': 'application/json' },
      }
    : {};
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
    ...init,
    headers: { ...init.headers, authorization: token },
    // The token goes nowhere else.
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(unheard);
  const body = (await response.json().catch(unheard)) as Record<string, unknown>;
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, body, ...(retryAfter ? { retryAfter } : {}) };
}

function unheard(): never {
  throw new Problem(
    504,
    'the API gave no answer in time: call again, the same call within ten minutes is the same item',
  );
}
