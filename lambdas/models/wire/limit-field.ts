import type { Endpoint, ModelOffer } from '../../contract/endpoint.ts';
import { changeRow, RowFault, remembered, rowOf } from '../../outbound/neighbour/row.ts';

/* A refusal tells which models know only the older name; the endpoint's row remembers it. */

/** The endpoint with what its row says of this model; what is not remembered costs no read. */
export function knowingLimit(table: string, endpoint: Endpoint, { name }: ModelOffer): Endpoint {
  const models = remembered(rowOf(table, endpoint))?.oldLimit?.split(' ') ?? [];
  return models.includes(name) ? withOldLimit(endpoint) : endpoint;
}

export function withOldLimit(endpoint: Endpoint): Endpoint {
  return { ...endpoint, capabilities: { ...endpoint.capabilities, maxCompletionTokens: false } };
}

/** A row that cannot be written now is written by the next call that learns the same. */
export async function learnLimit(table: string, endpoint: Endpoint, { name }: ModelOffer): Promise<void> {
  const of = rowOf(table, endpoint);
  const models = remembered(of)?.oldLimit?.split(' ') ?? [];
  if (models.includes(name) || endpoint.capabilities.maxCompletionTokens === false) return;
  const oldLimit = [...models, name].join(' ');
  await changeRow(of, { set: { oldLimit }, add: {}, when: [] }).catch((error: unknown) => {
    if (!(error instanceof RowFault)) throw error;
  });
}
