import type { Neighbour } from './neighbour.ts';

/** From cheap and quick to dear and thorough; a step names the least that is good enough for it. */
export const TIERS = ['small', 'medium', 'large'] as const;
export type Tier = (typeof TIERS)[number];

/** What an OpenAI-compatible server may or may not support; `signalbox endpoints probe` finds out. */
export const CAPABILITIES = [
  'chat',
  'responses',
  'jsonSchema',
  'logprobs',
  'embeddings',
  'dimensions',
  'batch',
  // Older servers know the limit of an answer only by its older name, `max_tokens`.
  'maxCompletionTokens',
  // Models that think first often take no temperature but their own.
  'temperature',
  // Keeps requests with the same key together, so that its prompt cache holds what they begin with: sent only where it is said to.
  'promptCacheKey',
  // Reads pictures: asked of models only that say `vision: true`.
  'vision',
  // Calls the tools that it is offered, as agents need.
  'tools',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** What a picture of a page counts at most, where a model says nothing else and it has no more than two million pixels. */
export const PICTURE_TOKENS = 8192;

/** One model of an endpoint, with list prices of a given day, in dollars per million tokens. */
export interface ModelOffer {
  name: string;
  kind: 'chat' | 'embeddings';
  tier: Tier;
  inputUsdPerMillion: number;
  /** Input from the endpoint's own prompt cache. */
  cachedUsdPerMillion: number;
  /** Input that its prompt cache takes in, where that has a price of its own. @default inputUsdPerMillion */
  cacheWriteUsdPerMillion?: number | undefined;
  outputUsdPerMillion: number;
  /** From this many input tokens on, the whole request costs this many times as much. */
  longContext?: { fromTokens: number; inputFactor: number; outputFactor: number } | undefined;
  /** The day the prices were read: `2026-11-20`. */
  pricedAt: string;
  /** Longest answer that is requested and paid. */
  maxOutputTokens: number;
  contextTokens: number;
  /** It reads pictures: pages that OCR could not read are sent to it. @default false */
  vision?: boolean | undefined;
  /** The most input tokens that one picture of a page counts there. @default 8192, and one for each 256 pixels where that is more */
  pictureTokens?: number | undefined;
  /** What a token costs in a batch there, as a share of its price. @default it is asked in no batch */
  batchShare?: number | undefined;
  /** What a token costs there in the service tier `flex`, likewise. @default it has none */
  flexShare?: number | undefined;
}

/** A model server, as the processor knows it: plain data written at synth, with the name of its secret. */
export interface Endpoint extends Neighbour {
  kind: 'endpoint';
  baseUrl: string;
  /** Secrets Manager name of `{"apiKey": "…"}`. Absent: the server wants no key. */
  secret?: string | undefined;
  /** The header that takes the key as it is. @default `Authorization: Bearer …` */
  keyHeader?: string | undefined;
  /** Where data sent to it stays: `eu`, `us`, `own` … */
  residency: string;
  models: readonly ModelOffer[];
  /** Known capabilities; a probe's finding wins. */
  capabilities: Readonly<Partial<Record<Capability, boolean>>>;
}

/** What a probe found, kept in the control table as `probe#<endpoint>`. */
export interface ProbeRow {
  id: string;
  probedAt: string;
  /** By model: what it supports. */
  models: Readonly<Record<string, Readonly<Partial<Record<Capability, boolean>>>>>;
}

/** Tokens of one call, as the endpoint counted them, or upper bounds if it counts nothing. */
export interface Usage {
  inputTokens: number;
  /** Part of `inputTokens` from the endpoint's prompt cache. */
  cachedTokens: number;
  /** Part of `inputTokens` that its prompt cache took in. Absent: it does not say, and all that was not cached may have been. */
  cacheWriteTokens?: number;
  outputTokens: number;
  /** What was paid of the price, in a batch or a cheaper service tier. @default 1 */
  share?: number;
}
