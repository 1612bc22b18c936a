import * as z from 'zod/v4/core';
import type { ModelRequest, StepPolicy } from '../contract/automation.ts';
import { type Capability, type Endpoint, TIERS, type Tier } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { InputError, ProcessingError, SystemError } from '../kit/errors.ts';
import { LONGEST_WAIT_MS } from '../outbound/waiting-time.ts';
import { stepId } from '../tables/keys.ts';
import { type Answer, type Asked, feedbackMessage, messagesOf } from './answer/answer.ts';
import { fromAgreement, fromLogprobs, worthOf } from './answer/confidence.ts';
import { cacheKey, readCache, writeCache } from './cache.ts';
import { type Capabilities, readCapabilities } from './capabilities.ts';
import { type ChatOptions, chatCall } from './chat.ts';
import { embedder } from './embed.ts';
import { FallbackChain, type Found } from './fallback.ts';
import { joined, promptHash } from './lineage.ts';
import { once, type Remembered } from './memo.ts';
import { exact } from './prices.ts';
import { answersOf, processSeconds } from './process-time.ts';
import { placesFor } from './residency.ts';
import { type Candidate, candidates, type Refused } from './router.ts';
import { payerOf, type Runner, type RunnerOptions } from './runner.ts';
import { inputBound } from './wire/chat.ts';
import { wireSchema } from './wire/schema.ts';

/** To write down what came of a step. */
const LEASE_MARGIN_SECONDS = 10;

/** The only door to a model: remembered, routed, budgeted, paced, validated. `lineage` collects what the item's calls were and cost. */
export function stepRunner(options: RunnerOptions): Runner {
  const { item, automation, idempotencyTable } = options;
  const feedback = feedbackMessage(options.feedback);
  const lineage: LineageEntry[] = [];
  const lost: LineageEntry[] = [];
  const sure = new Map<string, number | null>();
  /** What the item has cost so far, in earlier generations and deliveries too. */
  const spentUsd = () =>
    exact(joined(item.lineage ?? [], [...lineage, ...lost]).reduce((sum, { costUsd }) => sum + costUsd, 0));
  const embed = embedder(options, { lineage, lost }, spentUsd);
  const model = async <T>(name: string, request: ModelRequest<T>): Promise<T> => {
    const { version, text } = request.prompt;
    const input = digest({ input: request.input, prompt: text, feedback });
    const id = stepId(automation.name, item.id, String(item.generation), name, version, input);
    const left = automation.budget.perItemUsd - spentUsd();
    const step = new Step<T>(options, { ...request, step: name, feedback }, { left, lost });
    const kept = await once<T>(
      idempotencyTable,
      id,
      leaseOf(options, name),
      () => step.answer(),
      lost,
      options.contentDays,
    );
    lineage.push(...kept.lineage);
    const { model: by = '' } = kept.lineage.at(-1) ?? {};
    const about = { automation: automation.name, step: name, promptVersion: version, model: by };
    sure.set(name, await worthOf(options.controlTable, about, kept.rawConfidence));
    if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
    return kept.value as T;
  };
  const { next, close } = oneByOne();
  return {
    close,
    lineage,
    lost,
    confidence: (name) => sure.get(name) ?? null,
    embed: (name, texts) => next(() => embed(name, texts)),
    model: (name, request) => next(() => model(name, request)),
  };
}

/** Steps that an automation starts together run one after the other: each must know what the others have left of the item's budget. */
function oneByOne() {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    next<T>(run: () => Promise<T>): Promise<T> {
      const mine = last.then(() => {
        if (closed) throw new Error('the thinking of this item is over');
        return run();
      });
      last = mine.catch(() => {});
      return mine;
    },
    async close(): Promise<void> {
      closed = true;
      await last;
    },
  };
}

/** Each model may be asked twice, after a wait for its permit; for an agreement one of them three times as often. */
function leaseOf({ endpoints, automation, item }: RunnerOptions, step: string): number {
  const wait = LONGEST_WAIT_MS[item.priority] / 1000;
  const once = endpoints.map(({ timeoutSeconds, models }) => models.length * (wait + 2 * timeoutSeconds));
  const seconds = once.reduce((sum, each) => sum + each, 0) * answersOf(automation.steps?.[step]);
  // No worker outlives its function.
  const most = processSeconds(automation, endpoints);
  return Math.min(most, Math.ceil(seconds)) + LEASE_MARGIN_SECONDS;
}

class Step<T> {
  readonly #options: RunnerOptions;
  readonly #asked: Asked<T>;
  readonly #policy: StepPolicy;
  /** For all calls of this step: what is left of the item's budget, or less where the step says so. */
  readonly #mostUsd: number;
  readonly #lost: LineageEntry[];

  constructor(options: RunnerOptions, asked: Asked<T>, so: { left: number; lost: LineageEntry[] }) {
    this.#options = options;
    this.#asked = asked;
    this.#policy = options.automation.steps?.[asked.step] ?? {};
    this.#mostUsd = exact(Math.min(so.left, this.#policy.mostUsd ?? Number.POSITIVE_INFINITY));
    this.#lost = so.lost;
  }

  async answer(): Promise<Remembered<T>> {
    const { controlTable, endpoints } = this.#options;
    const capabilities = await readCapabilities(controlTable, endpoints);
    const inputTokens = this.#bound(capabilities);
    const list = this.#candidates(inputTokens, capabilities);
    const hours = Math.min(
      this.#policy.cacheHours ?? 0,
      24 * (this.#options.contentDays ?? Number.POSITIVE_INFINITY),
    );
    const key = hours > 0 ? this.#cacheKey(list) : '';
    const kept = hours > 0 ? await this.#kept(key, hours) : undefined;
    if (kept) return kept;
    const chain = this.#chain(inputTokens, 0);
    try {
      const found = await chain.run(list);
      // What other askings add to the lineage is no part of the answer's own calls.
      const own = chain.lineage.length - 1;
      const raw = await this.#raw(found, chain, inputTokens);
      const { value } = found.answer;
      const sure = raw === undefined ? {} : { rawConfidence: raw };
      const { endpoint, offer } = found.candidate;
      const answer = { value, model: offer.name, endpoint: endpoint.name, at: clock.now(), ...sure };
      if (hours > 0) await writeCache(this.#options.idempotencyTable, key, hours, answer);
      const lineage = chain.lineage.map((entry, index) => (index === own ? { ...entry, ...sure } : entry));
      return { value, lineage, ...sure };
    } catch (error) {
      // The model was paid for saying nothing of use, and would be again.
      if (error instanceof ProcessingError) return { failure: error.message, lineage: chain.lineage };
      this.#lost.push(...chain.lineage);
      throw error;
    }
  }

  #chain(inputTokens: number, spentUsd: number, temperature?: number): FallbackChain<Answer<T>> {
    const { controlTable } = this.#options;
    const logprobs = this.#policy.confidence === 'logprobs';
    const options: ChatOptions = { controlTable, inputTokens, logprobs, temperature };
    return new FallbackChain(payerOf(this.#options), exact(this.#mostUsd - spentUsd), (candidate) =>
      chatCall(options, this.#asked, candidate),
    );
  }

  /** Upper bound on input tokens over all models. */
  #bound(capabilities: Capabilities): number {
    const { step, schema } = this.#asked;
    const messages = messagesOf(this.#asked);
    const bounds = this.#options.endpoints.flatMap((endpoint) =>
      endpoint.models.map(({ name }) =>
        inputBound(withCapabilities(endpoint, name, capabilities), { step, messages, schema }),
      ),
    );
    return Math.max(0, ...bounds);
  }

  #candidates(inputTokens: number, capabilities: Capabilities): Candidate[] {
    const { endpoints, automation, body } = this.#options;
    const needs: Capability[] = [
      'chat',
      ...(this.#policy.confidence === 'logprobs' ? (['logprobs'] as const) : []),
    ];
    const { candidates: list, refused } = candidates(
      endpoints,
      {
        tier: this.#tier(),
        residencies: placesFor(automation, body),
        inputTokens,
        mostUsd: this.#mostUsd,
        needs,
      },
      capabilities,
    );
    if (list.length === 0) throw nobody(this.#asked.step, refused);
    return list.map((it) => ({
      ...it,
      endpoint: withCapabilities(it.endpoint, it.offer.name, capabilities),
    }));
  }

  #tier(): Tier {
    const { tier = 'small', complexity } = this.#policy;
    const needed = complexity?.(this.#asked.input) ?? tier;
    return TIERS.indexOf(needed) > TIERS.indexOf(tier) ? needed : tier;
  }

  #cacheKey(list: readonly Candidate[]): string {
    const { step, feedback, schema } = this.#asked;
    const models = list.map(({ endpoint, offer }) => `${endpoint.name}/${offer.name}`);
    const automation = this.#options.automation.name;
    return cacheKey({ automation, step, request: this.#asked, feedback, schema: wireSchema(schema), models });
  }

  async #kept(key: string, hours: number): Promise<Remembered<T> | undefined> {
    const kept = await readCache(this.#options.idempotencyTable, key, hours);
    // What is kept was valid when it was kept; a check by code may have become stricter.
    const read = kept && z.safeParse(this.#asked.schema, kept.value);
    if (!kept || !read?.success || this.#asked.missing?.(read.data) !== undefined) return undefined;
    const { model, endpoint, rawConfidence } = kept;
    const { step, prompt } = this.#asked;
    const nothing = {
      costUsd: 0,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      milliseconds: 0,
      price: 'none',
    };
    const entry: LineageEntry = {
      ...{ at: isoNow(), step, model, endpoint, promptVersion: prompt.version },
      ...{
        promptHash: promptHash(prompt.text),
        route: 'an answer to the same request was kept',
        cached: true,
      },
      ...nothing,
    };
    const sure = rawConfidence === undefined ? {} : { rawConfidence };
    return { value: read.data, lineage: [{ ...entry, ...sure }], ...sure };
  }

  /** How sure the model looks: out of this answer, or by asking the same model twice more. */
  async #raw(
    { answer, candidate }: Found<Answer<T>>,
    chain: FallbackChain<Answer<T>>,
    inputTokens: number,
  ): Promise<number | undefined> {
    if (this.#policy.confidence === 'logprobs') return fromLogprobs(answer.reply.logprobs);
    if (this.#policy.confidence !== 'agreement') return undefined;
    const answers: unknown[] = [answer.value];
    for (let more = 0; more < 2; more += 1) {
      const again = this.#chain(inputTokens, chain.spentUsd, 0.7);
      // An opinion that cannot be had is no reason to lose the answer that is there.
      const other = await again.run([candidate]).catch(() => undefined);
      if (other) answers.push(other.answer.value);
      chain.lineage.push(...again.lineage);
    }
    // Of fewer answers the share would look surer than it is.
    return answers.length === 3 ? fromAgreement(answers) : undefined;
  }
}

/** The endpoint with what is known of this one model's capabilities there. */
function withCapabilities(endpoint: Endpoint, model: string, capabilities: Capabilities): Endpoint {
  const found = (['jsonSchema', 'logprobs', 'maxCompletionTokens'] as const).flatMap((capability) => {
    const can = capabilities(endpoint.name, model, capability);
    return can === undefined ? [] : [[capability, can] as const];
  });
  return { ...endpoint, capabilities: { ...endpoint.capabilities, ...Object.fromEntries(found) } };
}

/** Nobody may be asked. What a person can do instead is theirs; what the configuration lacks is the operators'. */
function nobody(step: string, refused: readonly Refused[]): Error {
  const because = refused
    .map(({ endpoint, model, because: why }) => `${endpoint}/${model}: ${why}`)
    .join('; ');
  if (refused.some(({ kind }) => kind === 'residency'))
    return new ProcessingError(`the step '${step}' has no endpoint where this item's data may go`);
  if (refused.some(({ kind }) => kind === 'price'))
    return new ProcessingError(`the step '${step}' could cost more than the item's budget`);
  if (refused.some(({ kind }) => kind === 'length'))
    return new InputError('the item is too long for the model');
  return new SystemError(`no endpoint serves the step '${step}': ${because || 'none is configured'}`);
}
