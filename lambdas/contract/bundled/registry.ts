import type { RegistryEntry } from '../registry.ts';

/* Stands where the bundler puts the registry that `lib/parts/registry.ts` wrote at synth: data of every automation, code of none. */
export declare const registry: readonly RegistryEntry[];
