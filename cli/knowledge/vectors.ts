import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';
import type { Chunk, Embeddings } from '../../lambdas/knowledge/index/build.ts';
import type { Index } from '../../lambdas/knowledge/index/open.ts';
import { likelyTokens, mostTokens } from '../../lambdas/models/wire/tokens.ts';
import { UsageError } from '../errors.ts';

/** Vectors of texts, in their order. */
export type Embed = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

/** Of one request. */
const MOST_TEXTS = 64;

/** The embeddings model of an endpoint. @throws UsageError if it has none */
export function embeddingsOf(
  endpoints: readonly Endpoint[],
  name: string,
): { endpoint: Endpoint; offer: ModelOffer } {
  const endpoint = endpoints.find((it) => it.name === name);
  const offer = endpoint?.models.find(({ kind }) => kind === 'embeddings');
  if (endpoint && offer) return { endpoint, offer };
  const able = endpoints
    .filter(({ models }) => models.some(({ kind }) => kind === 'embeddings'))
    .map((it) => it.name);
  throw new UsageError(
    endpoint
      ? `the endpoint '${name}' has no model of the kind 'embeddings' in the configuration`
      : `--vectors must be an endpoint with embeddings (${able.join(', ') || 'the configuration has none'}), got '${name}'`,
  );
}

/** What a passage's vector is made of. */
export const textOf = ({ title, place, text }: Pick<Chunk, 'title' | 'place' | 'text'>) =>
  [title, place, text].filter(Boolean).join('\n');

export interface Plan {
  /** By the passage's words: vectors that are there already. */
  known: ReadonlyMap<string, readonly number[]>;
  missing: readonly string[];
  /** What the missing ones are likely to cost. */
  usd: number;
}

/** Only passages that changed are embedded anew: another title changes those of its document. */
export function planOf(
  chunks: readonly Chunk[],
  before: Index | undefined,
  { endpoint, offer }: { endpoint: Endpoint; offer: ModelOffer },
): Plan {
  const same = before?.header.endpoint === endpoint.name && before.header.model === offer.name;
  const old = new Map(before && same ? vectorsIn(before) : []);
  const known = new Map<string, readonly number[]>();
  const missing = new Set<string>();
  for (const chunk of chunks) {
    const text = textOf(chunk);
    const vector = old.get(`${chunk.source}\n${chunk.place}\n${chunk.text}`);
    if (vector) known.set(text, vector);
    else missing.add(text);
  }
  const tokens = [...missing].reduce((sum, text) => sum + likelyTokens(mostTokens(text)), 0);
  return { known, missing: [...missing], usd: (tokens * offer.inputUsdPerMillion) / 1e6 };
}

function vectorsIn(index: Index): (readonly [string, number[]])[] {
  const { dimensions = 0 } = index.header;
  return Array.from({ length: index.size }, (_, at) => {
    const { source, place, text } = index.passage(at);
    const from = at * dimensions;
    const scale = index.scales[at] ?? 0;
    const vector = Array.from(index.vectors.subarray(from, from + dimensions), (it) => it * scale);
    return [`${source}\n${place}\n${text}`, vector] as const;
  });
}

export async function embedAll(
  chunks: readonly Chunk[],
  { known, missing }: Plan,
  embed: Embed,
  progress: (done: number, all: number) => void,
): Promise<Embeddings['vectors']> {
  const vectors = new Map(known);
  for (let from = 0; from < missing.length; from += MOST_TEXTS) {
    progress(from, missing.length);
    const texts = missing.slice(from, from + MOST_TEXTS);
    const found = await embed(texts);
    for (const [at, text] of texts.entries()) vectors.set(text, found[at] ?? []);
  }
  return chunks.map((chunk) => vectors.get(textOf(chunk)) ?? []);
}
