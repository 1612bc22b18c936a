import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { secretName } from '../../lambdas/contract/names.ts';
import { NEIGHBOUR_KINDS, type NeighbourName } from '../../lambdas/contract/neighbour.ts';
import { neighbourKey } from '../../lambdas/tables/keys.ts';
import type { ResolvedConfig } from '../config.ts';

/**
 * The endpoints as the processor and the probe know them. A secret goes by its name: it holds no address of
 * anything deployed.
 */
export function endpointsOf(
  { endpoints }: Pick<ResolvedConfig, 'endpoints'>,
  environment: string,
): Endpoint[] {
  return Object.entries(endpoints).map(([name, endpoint]) => ({
    ...{ kind: 'endpoint' as const, name, ...endpoint },
    ...(endpoint.secret ? { secret: secretName(environment, endpoint.secret) } : {}),
  }));
}

/** Whatever has a breaker, in the order of the configuration. */
export function neighboursOf({
  endpoints,
  destinations,
  sources,
}: Pick<ResolvedConfig, 'endpoints' | 'destinations' | 'sources'>): NeighbourName[] {
  const named = (kind: NeighbourName['kind'], of: object) =>
    Object.keys(of).map((name): NeighbourName => ({ kind, name }));
  return [
    ...named('endpoint', endpoints),
    ...named('destination', destinations),
    ...named('source', sources),
  ];
}

/** The rows of all breakers. */
export const BREAKERS = NEIGHBOUR_KINDS.map((kind) => neighbourKey(kind, '*'));
