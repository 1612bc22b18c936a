import * as z from 'zod/mini';

/** What `POST /v1/endpoints/probe` takes. A probe costs money: what is no such body asks nobody. */
export const probeBody = z.strictObject({ endpoint: z.optional(z.string()) });
