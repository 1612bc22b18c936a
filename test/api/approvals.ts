import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { type Answered, OPERATOR, type Request, through } from '../support/api.ts';
import { answer } from '../support/gateway.ts';

/* The API's questions about the desk, as its people ask them. */

export const AUDITOR = { client: 'audit', automations: '*', role: 'auditor' };
const REGISTRY = [{ name: 'demo' }, { name: 'other' }] as RegistryEntry[];

/** `GET /v1/<what>`; the answer is read as JSON. */
export function get(
  what: string,
  query: Record<string, string> = {},
  caller: Request['caller'] = OPERATOR,
  registry: readonly RegistryEntry[] = REGISTRY,
): Promise<Answered> {
  return through((event, who) => answer(event, who, registry), {
    ...{ route: `GET /v1/${what}`, path: `/v1/${what}`, query, caller: caller ?? null },
  });
}
