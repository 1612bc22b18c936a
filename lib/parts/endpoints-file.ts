import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

/**
 * Writes the module that stands for `@endpoints` in the bundles of the processor and the probe, and returns its path. Data in
 * a file and not in a variable: models with their prices grow, and Lambda takes 4 KB of variables in all.
 */
export function writeEndpoints(
  directory: string,
  config: Pick<ResolvedConfig, 'endpoints'>,
  environment: string,
): string {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), 'endpoints.mjs');
  writeFileSync(file, `export const endpoints = ${JSON.stringify(endpointsOf(config, environment))};\n`);
  return file;
}
