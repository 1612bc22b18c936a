import { join, resolve } from 'node:path';
import { type Assembly, unseal } from '../assembly.ts';
import type { Options } from '../options.ts';

/** Git leaves the folder alone. */
export const assemblyOf = (environment: string): string => join('assemblies', environment);

/** The assembly of these options, looked at byte by byte. */
export function opened({ assembly, digest }: Options, environment: string): Promise<Assembly> {
  return unseal(resolve(assembly ?? assemblyOf(environment)), environment, digest);
}
