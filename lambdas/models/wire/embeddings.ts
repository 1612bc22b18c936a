import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import type { Endpoint, ModelOffer, Usage } from '../../contract/endpoint.ts';
import { MOST_BYTES } from '../../outbound/bounded-fetch.ts';
import { CallFailure } from '../../outbound/classify.ts';
import type { RateHeaders } from '../../outbound/rate-headers.ts';
import { jsonOf } from '../../outbound/refusal.ts';
import { exchange, refusedWith, type StepRequest } from './client.ts';
import { insideAnswer } from './completion.ts';
import { countOf } from './tokens.ts';

export interface Vectors {
  vectors: number[][];
  usage: Usage;
  headers: RateHeaders;
  milliseconds: number;
}

/** The longest vectors there are, written as digits. */
const BYTES_PER_VECTOR = 256 * 1024;

/**
 * One vector per text, in their order.
 * @throws CallFailure, with what the call is billed at worst; whatever reading the secret throws, before anything was sent
 */
export async function embeddings(
  endpoint: Endpoint,
  offer: ModelOffer,
  step: string,
  texts: readonly string[],
  inputMost: number,
): Promise<Vectors> {
  const most: Usage = { inputTokens: inputMost, cachedTokens: 0, outputTokens: 0 };
  const body: EmbeddingCreateParams = { model: offer.name, input: [...texts] };
  const request: StepRequest = {
    ...{ step, model: offer.name, most, path: '/embeddings', body },
    mostBytes: MOST_BYTES + texts.length * BYTES_PER_VECTOR,
  };
  const { ok, text, headers, milliseconds, status } = await exchange(endpoint, request);
  if (!ok) throw refusedWith(endpoint, { ok, text, headers, milliseconds, status }, request);
  const answer = jsonOf(text) as Answer | null | undefined;
  if (answer?.error && !Array.isArray(answer.data))
    throw insideAnswer(answer.error, endpoint.name, step, { headers, milliseconds, most });
  // A model reads the texts one by one: each may be as long as its context.
  const counted = countOf(answer?.usage?.prompt_tokens, texts.length * offer.contextTokens);
  const usage = { ...most, inputTokens: counted ?? inputMost };
  const facts = { headers, milliseconds, calls: [usage] };
  if (!Array.isArray(answer?.data))
    throw new CallFailure('transient', `endpoint '${endpoint.name}': its answer holds no vectors`, facts);
  const { data } = answer;
  // The index gives the order; without it a short list would give texts the vectors of others.
  const placed = new Map(data.map((one, place) => [one?.index ?? place, one?.embedding]));
  const vectors = texts.map((_, index) => placed.get(index) ?? []);
  if (data.length !== texts.length || vectors.some((vector) => !isVector(vector)))
    throw new CallFailure('unusable', `the step '${step}' got fewer vectors than texts`, facts);
  if (vectors.some(({ length }) => length !== vectors[0]?.length))
    throw new CallFailure('unusable', `the step '${step}' got vectors of different lengths`, facts);
  return { vectors, usage, headers, milliseconds };
}

interface Answer {
  data?: ({ index?: number; embedding?: number[] } | null)[];
  usage?: { prompt_tokens?: unknown };
  error?: unknown;
}

function isVector(vector: unknown): boolean {
  return Array.isArray(vector) && vector.length > 0 && vector.every((part) => Number.isFinite(part));
}
