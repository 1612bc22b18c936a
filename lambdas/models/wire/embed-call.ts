import type { Endpoint, ModelOffer, Usage } from '../../contract/endpoint.ts';
import { MOST_BYTES, textWithin } from '../../outbound/bounded-fetch.ts';
import { CallFailure, refusedBy } from '../../outbound/classify.ts';
import { type RateHeaders, rateHeaders } from '../../outbound/rate-headers.ts';
import { refusalOf } from '../../outbound/refusal.ts';
import { keyOf } from './call.ts';
import { countOf, insideAnswer } from './completion.ts';

export interface Vectors {
  vectors: number[][];
  usage: Usage;
  headers: RateHeaders;
}

/** Of the longest there are, written out in digits. */
const BYTES_PER_VECTOR = 256 * 1024;

/**
 * One HTTP request for one vector per text, in their order.
 * @throws CallFailure, with what the call is billed at worst; whatever reading the secret throws, before anything was sent
 */
export async function embeddings(
  endpoint: Endpoint,
  offer: ModelOffer,
  step: string,
  texts: readonly string[],
  mostTokens: number,
): Promise<Vectors> {
  const apiKey = await keyOf(endpoint);
  const most: Usage = { inputTokens: mostTokens, cachedTokens: 0, outputTokens: 0 };
  const what = `endpoint '${endpoint.name}'`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${endpoint.baseUrl.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      // As with questions: the item's data goes to no other address than the one in the configuration.
      redirect: 'manual',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: offer.name, input: texts }),
      signal: AbortSignal.timeout(endpoint.timeoutSeconds * 1000),
    });
    text = await textWithin(response, MOST_BYTES + texts.length * BYTES_PER_VECTOR);
  } catch {
    throw new CallFailure('transient', `${what}: no answer to the texts`, { calls: [most] });
  }
  const headers = rateHeaders(response.headers);
  const answer = parsed(text);
  if (!response.ok) {
    throw refusedBy(endpoint.name, step, refusalOf(response.status, text), { headers, most });
  }
  if (answer?.error && !Array.isArray(answer.data))
    throw insideAnswer(answer.error, endpoint.name, step, { headers, most });
  // A model reads its texts one by one, so that each of them may be as long as its context.
  const counted = countOf(answer?.usage?.prompt_tokens, texts.length * offer.contextTokens);
  const usage = { ...most, inputTokens: counted ?? mostTokens };
  const facts = { headers, calls: [usage] };
  if (!Array.isArray(answer?.data))
    throw new CallFailure('transient', `${what}: its answer holds no vectors`, facts);
  const { data } = answer;
  // The order is in the index, which not every server sends; a list that ends early would give texts the vectors of others.
  const placed = new Map(data.map((one, place) => [one?.index ?? place, one?.embedding]));
  const vectors = texts.map((_, index) => placed.get(index) ?? []);
  if (data.length !== texts.length || vectors.some((vector) => !isVector(vector)))
    throw new CallFailure('unusable', `the step '${step}' got fewer vectors than texts`, facts);
  if (vectors.some(({ length }) => length !== vectors[0]?.length))
    throw new CallFailure('unusable', `the step '${step}' got vectors of different lengths`, facts);
  return { vectors, usage, headers };
}

interface Answer {
  data?: ({ index?: number; embedding?: number[] } | null)[];
  usage?: { prompt_tokens?: unknown };
  error?: unknown;
}

function parsed(text: string): Answer | undefined {
  try {
    return (JSON.parse(text) as Answer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function isVector(vector: unknown): boolean {
  return Array.isArray(vector) && vector.length > 0 && vector.every((part) => Number.isFinite(part));
}
