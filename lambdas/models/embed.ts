import type { LineageEntry } from '../contract/item/row.ts';
import { sha256 } from '../kit/digest.ts';
import { errorFacts, ProcessingError } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { forOutside } from '../privacy/outside.ts';
import { isInside } from '../privacy/way-out.ts';
import { getVector, putVector } from '../tables/idempotency/cache.ts';
import { keepSeconds } from '../tables/idempotency/once.ts';
import { embedId } from '../tables/keys.ts';
import { type Capabilities, readCapabilities } from './capabilities.ts';
import { FallbackChain } from './fallback.ts';
import { entryOf } from './lineage.ts';
import type { PaidCall } from './paid-call.ts';
import { worstCalls } from './prices.ts';
import { placesFor } from './residency.ts';
import { type Candidate, candidatesFor } from './router.ts';
import { type ItemBudget, payerOf, type Runner, type RunnerOptions, type VectorsOf } from './runner.ts';
import { embeddings } from './wire/embeddings.ts';
import { likelyTokens, mostTokens } from './wire/tokens.ts';

/** A vector never goes stale, but reveals much of its text: it is kept no longer than content may be. */
const KEEP_DAYS = 90;

/** The vector of each text, all from one endpoint: vectors kept from another one are not mixed in. */
interface Embedded {
  vectors: ReadonlyMap<string, readonly number[]>;
  /** Those that were paid for just now. */
  fresh: readonly string[];
}

/** One vector per text, kept under its text's hash, endpoint and model: a text is paid once. */
export function embedder(
  options: RunnerOptions,
  into: Pick<Runner, 'lineage' | 'lost'>,
  budget: ItemBudget,
): Runner['embed'] {
  return async (name, given, of) => {
    if (given.length === 0) return [];
    const { leftUsd: mostUsd } = budget;
    const inside = options.endpoints.every((endpoint) => isInside(options.automation, endpoint));
    const texts = inside ? given : given.map((text) => forOutside(options.automation, name, text));
    const list = wanted(name, await choose(options, name, texts, mostUsd, of), of);
    const money = budget.step();
    const chain = new FallbackChain<Embedded>(payerOf(options), { mostUsd, money }, (candidate) =>
      embedCall(options, name, candidate, texts),
    );
    try {
      const { answer, candidate, kept } = await chain.run(list);
      if (kept) into.lineage.push({ ...entryOf(aboutOf(name), candidate, {}), cached: true });
      const vectors = texts.map((text) => [...(answer.vectors.get(text) ?? [])]);
      await Promise.all(
        answer.fresh.map((text) =>
          write(options, keyOf(options.automation.name, candidate, text), answer.vectors.get(text) ?? []),
        ),
      );
      // Kept vectors may come from an earlier model of the same name.
      if (vectors.some(({ length }) => length !== vectors[0]?.length))
        throw new ProcessingError(`the step '${name}' got vectors of different lengths`);
      return vectors;
    } finally {
      into.lost.push(...chain.lineage);
      money.end();
    }
  };
}

function aboutOf(step: string): Pick<LineageEntry, 'step' | 'promptVersion' | 'promptHash'> {
  return { step, promptVersion: 'none', promptHash: 'none' };
}

/** The call of `step.embed`: one request for the texts whose vectors are not kept. */
async function embedCall(
  { idempotencyTable, automation }: RunnerOptions,
  step: string,
  candidate: Candidate,
  texts: readonly string[],
): Promise<PaidCall<Embedded>> {
  const { endpoint, offer } = candidate;
  const different = [...new Set(texts)];
  const vectors = new Map<string, readonly number[]>();
  await Promise.all(
    different.map(async (text) => {
      const vector = await read(idempotencyTable, keyOf(automation.name, candidate, text));
      if (vector) vectors.set(text, vector);
    }),
  );
  const fresh = different.filter((text) => !vectors.has(text));
  const tokens = bound(fresh);
  return {
    about: aboutOf(step),
    worst: worstCalls(offer, tokens),
    likelyTokens: likelyTokens(tokens),
    kept: fresh.length === 0 ? { vectors, fresh } : undefined,
    run: async (requests) => {
      const reply = await requests.make(() => embeddings(endpoint, offer, step, fresh, tokens));
      for (const [index, text] of fresh.entries()) vectors.set(text, reply.vectors[index] ?? []);
      return { result: { vectors, fresh }, headers: reply.headers };
    },
  };
}

/* The key names the endpoint: two servers may use one name for different models. */
function keyOf(automation: string, { endpoint, offer }: Candidate, text: string): string {
  return embedId(automation, endpoint.name, offer.name, sha256(text));
}

async function choose(
  options: RunnerOptions,
  name: string,
  texts: readonly string[],
  mostUsd: number,
  of: VectorsOf | undefined,
): Promise<Candidate[]> {
  const capabilities = await readCapabilities(options.controlTable, options.endpoints);
  const list = embedCandidates(options, name, texts, mostUsd, capabilities);
  // One model for all texts, also after a failure: vectors of two models cannot be compared.
  return of ? list : list.filter(({ offer }) => offer.name === list[0]?.offer.name);
}

/** Who may be asked for vectors of these texts, the cheapest first. */
export function embedCandidates(
  { endpoints, automation, body }: RunnerOptions,
  name: string,
  texts: readonly string[],
  mostUsd: number,
  capabilities: Capabilities,
): Candidate[] {
  const need = {
    kind: 'embeddings',
    tier: automation.steps?.[name]?.tier ?? 'small',
    residencies: placesFor(automation, body),
    inputTokens: bound(texts),
    mostUsd,
    needs: ['embeddings'],
  } as const;
  return candidatesFor(name, endpoints, need, capabilities);
}

/** @throws ProcessingError where that model may not be asked */
function wanted(name: string, list: Candidate[], of: VectorsOf | undefined): Candidate[] {
  if (of === undefined) return list;
  const left = list.filter(({ endpoint, offer }) => endpoint.name === of.endpoint && offer.name === of.model);
  if (left.length === 0)
    throw new ProcessingError(
      `the step '${name}' may not ask the model that made the vectors of the collection`,
    );
  return left;
}

function bound(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + mostTokens(text), 0);
}

/* A table that falters costs a call, never the item. */
function read(table: string, id: string): Promise<readonly number[] | undefined> {
  return getVector(table, id).catch((error: unknown) => {
    logger.warn('vector not read', { reason: errorFacts(error).message });
    return undefined;
  });
}

function write(
  { idempotencyTable, contentDays, item }: RunnerOptions,
  id: string,
  vector: readonly number[],
): Promise<void> {
  const kept = { vector, madeFor: item.id };
  return putVector(idempotencyTable, id, kept, keepSeconds(KEEP_DAYS, contentDays)).catch((error: unknown) =>
    logger.warn('vector not kept', { reason: errorFacts(error).message }),
  );
}
