import type { Source } from '../../lambdas/contract/outside/source.ts';
import { answerOf, describedBy } from '../../local/sandbox/answers.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';

/* The order system that refund requests are held against, as the sandbox has it, on a stub of a test. */

const NAME = 'order-system';
const described = describedBy(await loadKnowledge(), NAME);

/** Its answer to a GET at this path; undefined where it is another's path. */
export function orderAt(path: string): { status: number; body: unknown } | undefined {
  if (!path.startsWith('/orders/')) return undefined;
  const { pathname, searchParams: query } = new URL(path, 'http://127.0.0.1');
  const known = answerOf(described, { path: pathname.slice(1).split('/'), query });
  return known === undefined ? { status: 404, body: {} } : { status: 200, body: known };
}

/** The sources of a function that may ask it at this address. */
export function orderSystemAt(url: string): Readonly<Record<string, Source>> {
  return { [NAME]: { kind: 'source', name: NAME, url, timeoutSeconds: 10, mostBytes: 100_000 } };
}
