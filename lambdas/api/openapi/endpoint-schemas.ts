import * as z from 'zod/mini';
import { CAPABILITIES, TIERS } from '../../contract/endpoint.ts';

/* What `GET /v1/endpoints` and `POST /v1/endpoints/probe` answer with, for the description of the API. */

const model = z.object({
  name: z.string(),
  kind: z.enum(['chat', 'embeddings']),
  tier: z.enum(TIERS),
  inputUsdPerMillion: z.number(),
  cachedUsdPerMillion: z.number(),
  outputUsdPerMillion: z.number(),
  longContext: z.optional(
    z.object({ fromTokens: z.int(), inputFactor: z.number(), outputFactor: z.number() }),
  ),
  pricedAt: z.iso.date(),
  pricedDaysAgo: z.int(),
  maxOutputTokens: z.int(),
  contextTokens: z.int(),
  vision: z.optional(z.boolean()),
  pictureTokens: z.optional(z.int()),
  capabilities: z.partialRecord(z.enum(CAPABILITIES), z.boolean()),
});

export const endpointsSchema = z.object({
  endpoints: z.array(
    z.object({
      name: z.string(),
      baseUrl: z.string(),
      /** Absent: the server wants no key. */
      secret: z.optional(z.string()),
      keyHeader: z.optional(z.string()),
      timeoutSeconds: z.number(),
      residency: z.string(),
      requestsPerMinute: z.optional(z.number()),
      tokensPerMinute: z.optional(z.number()),
      probedAt: z.optional(z.iso.datetime()),
      models: z.array(model),
      /** Of a probe only. */
      probe: z.optional(z.object({ costUsd: z.number(), problems: z.array(z.string()) })),
    }),
  ),
});
