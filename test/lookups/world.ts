import * as z from 'zod';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { type Lookups, lookupsOf } from '../../lambdas/lookups/lookup.ts';
import type { LookupOptions } from '../../lambdas/lookups/options.ts';
import { ID } from '../support/fixtures.ts';

/* An automation that asks one source, `erp`, for orders. */

export const shape = {
  name: 'order',
  source: 'erp',
  description: 'The order that the message is about.',
  input: z.object({ order: z.string().max(100) }),
  request: ({ order }: { order: string }) => ({ path: `/orders/${encodeURIComponent(order)}` }),
  answer: z.object({ id: z.string(), total: z.string() }),
};

export const order = defineLookup(shape);
export const optional = defineLookup({ ...shape, required: false });

export function sourceAt(url: string, more: Partial<Source> = {}): Source {
  return { ...{ kind: 'source', name: 'erp', url, timeoutSeconds: 1, mostBytes: 100_000 }, ...more };
}

export function asking(
  source: Source,
  lookups: Automation['lookups'] = { order },
  more: Partial<LookupOptions> = {},
): Lookups {
  return lookupsOf({
    item: { id: ID, generation: 1, priority: 'normal' },
    automation: { name: 'demo', lookups },
    sources: { erp: source },
    ...{ idempotencyTable: 'idempotency', controlTable: 'control', local: true },
    ...more,
  });
}
