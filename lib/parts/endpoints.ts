import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { secretName } from '../../lambdas/contract/names.ts';
import type { ResolvedConfig } from '../config.ts';

/** The endpoints as the processor and the probe know them. A secret goes by its name: it holds no address of anything deployed. */
export function endpointsOf(
  { endpoints }: Pick<ResolvedConfig, 'endpoints'>,
  environment: string,
): Endpoint[] {
  return Object.entries(endpoints).map(([name, endpoint]) => ({
    ...{ name, ...endpoint },
    secret: secretName(environment, endpoint.secret),
  }));
}
