import type { Endpoint } from '../endpoint.ts';

/* Stands where the bundler puts what `lib/parts/endpoints-file.ts` wrote at synth. */
export declare const endpoints: readonly Endpoint[];
