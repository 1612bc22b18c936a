import * as z from 'zod/v4/core';
import type { StepPolicy } from '../contract/automation.ts';
import { type Capability, type Endpoint, TIERS, type Tier } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { ProcessingError } from '../kit/errors.ts';
import { total } from '../outbound/classify.ts';
import { type Clears, isInside } from '../privacy/way-out.ts';
import type { Remembered } from '../tables/idempotency/once.ts';
import { type Answer, type Asked, messagesOf } from './answer/answer.ts';
import { cacheKey, readCache, writeCache } from './answer/cache.ts';
import { type ChatOptions, chatCall } from './answer/chat-call.ts';
import { fromAgreement, fromLogprobs } from './answer/confidence.ts';
import type { Heard, inBatch } from './batch/ask.ts';
import { mayWait } from './batch/may-wait.ts';
import { type Capabilities, readCapabilities } from './capabilities.ts';
import { FallbackChain, type Found } from './fallback.ts';
import { promptHash } from './lineage.ts';
import { exact } from './prices.ts';
import { placesFor } from './residency.ts';
import { type Candidate, candidatesWithin } from './router.ts';
import { type ItemBudget, payerOf, type RunnerOptions, type StepMoney } from './runner.ts';
import { inputBound } from './wire/chat.ts';
import { wireSchema } from './wire/schema.ts';

/** One structured answer: from the cache, or from the fallback chain, with how sure the model looks. */
export class ModelStep<T> {
  readonly #id: string;
  readonly #options: RunnerOptions;
  readonly #asked: Asked<T>;
  /** As endpoints outside get it. */
  readonly #outside: Asked<T>;
  readonly #clears: Clears;
  readonly #policy: StepPolicy;
  /** For all calls of this step: what is left of the item's budget, or less where the step says so. */
  readonly #mostUsd: number;
  readonly #money: StepMoney;
  readonly #lost: LineageEntry[];
  readonly #answered: boolean;
  readonly #batches: Means['batches'];

  constructor(
    options: RunnerOptions,
    asked: Asked<T>,
    { id, budget, money, lost, answered, batches }: Means,
    clears: Clears,
  ) {
    this.#id = id;
    this.#clears = clears;
    this.#options = options;
    this.#asked = asked;
    this.#outside = { ...asked, ...clears(asked.step, wordsOf(asked)) };
    this.#policy = policyOf(options.automation, asked.step);
    this.#mostUsd = Math.min(budget.leftUsd, this.#policy.mostUsd ?? Number.POSITIVE_INFINITY);
    this.#money = money;
    this.#lost = lost;
    this.#answered = answered === true;
    this.#batches = batches;
  }

  /** @param instead another way to an answer, where none is kept. @default there is none */
  async answer(instead: Instead<T> = (_, pay) => pay()): Promise<Remembered<T>> {
    const { controlTable, endpoints } = this.#options;
    const capabilities = await readCapabilities(controlTable, endpoints);
    const inputTokens = this.#bound(capabilities);
    const list = this.#candidates(inputTokens, capabilities);
    const hours = Math.min(
      this.#policy.cacheHours ?? 0,
      24 * (this.#options.contentDays ?? Number.POSITIVE_INFINITY),
    );
    const key = hours > 0 ? this.#cacheKey(list) : '';
    const kept = hours > 0 && !this.#answered ? await this.#kept(key, hours) : undefined;
    return kept ?? instead(list, () => this.#paid(list, capabilities, inputTokens, { key, hours }));
  }

  async #paid(
    list: readonly Candidate[],
    capabilities: Capabilities,
    inputTokens: number,
    { key, hours }: { key: string; hours: number },
  ): Promise<Remembered<T>> {
    const heard = await this.#inBatch(list, capabilities);
    const chain = this.#chain(inputTokens, 0, { first: heard });
    if (heard) chain.lineage.push(heard.entry);
    try {
      const found = heard?.found ?? (await chain.run(heard?.list ?? list, heard?.before));
      // Entries added after this one belong to the further opinions, not to this answer.
      const own = chain.lineage.length - 1;
      const raw = await this.#raw(found, chain, inputTokens);
      const { value } = found.answer;
      const sure = raw === undefined ? {} : { rawConfidence: raw };
      const { endpoint, offer } = found.candidate;
      const madeFor = this.#options.item.id;
      const answer = { value, madeFor, model: offer.name, endpoint: endpoint.name, at: clock.now(), ...sure };
      if (hours > 0) await writeCache(this.#options.idempotencyTable, key, hours, answer);
      const lineage = chain.lineage.map((entry, index) => (index === own ? { ...entry, ...sure } : entry));
      return { value, lineage, ...sure };
    } catch (error) {
      // A useless answer was paid for, and would be again: the failure is remembered.
      if (error instanceof ProcessingError && chain.lineage.length > 0)
        return { failure: error.message, lineage: chain.lineage };
      this.#lost.push(...chain.lineage);
      throw error;
    }
  }

  /** What a batch answered; undefined where the step asks at once. @throws BatchPending while it is to come */
  async #inBatch(list: readonly Candidate[], capabilities: Capabilities): Promise<Heard<T> | undefined> {
    const { batch } = this.#policy;
    if (!batch || !this.#batches || !mayWait(this.#options, batch)) return undefined;
    const { inBatch } = await this.#batches();
    const asked = { inside: this.#asked, outside: this.#outside };
    return inBatch(this.#options, {
      ...{ id: this.#id, batch, asked, list, capabilities },
      logprobs: this.#logprobs,
    });
  }

  get #logprobs(): boolean {
    return this.#policy.confidence === 'logprobs';
  }

  #chain(
    inputTokens: number,
    spentUsd: number,
    { temperature, first }: { temperature?: number; first?: Heard<T> | undefined } = {},
  ): FallbackChain<Answer<T>> {
    const { controlTable } = this.#options;
    const flex = this.#policy.batch?.tier === 'flex' && this.#options.item.priority === 'low';
    const options: ChatOptions = { controlTable, inputTokens, logprobs: this.#logprobs, temperature, flex };
    const most = { mostUsd: exact(this.#mostUsd - spentUsd), money: this.#money };
    const clear = (words: string) => this.#clears(this.#asked.step, words);
    return new FallbackChain(payerOf(this.#options), most, (candidate) => {
      const given = { ...options, first: first?.candidate === candidate ? first.reply : undefined };
      return isInside(this.#options.automation, candidate.endpoint)
        ? chatCall(given, this.#asked, candidate)
        : chatCall({ ...given, clear }, this.#outside, candidate);
    });
  }

  /** Upper bound on input tokens over all models. */
  #bound(capabilities: Capabilities): number {
    const { step, schema } = this.#asked;
    const bounds = [this.#asked, this.#outside].flatMap((asked) =>
      this.#options.endpoints.flatMap((endpoint) =>
        endpoint.models.map(({ name }) =>
          inputBound(withCapabilities(endpoint, name, capabilities), {
            ...{ step, messages: messagesOf(asked), schema },
          }),
        ),
      ),
    );
    return Math.max(0, ...bounds);
  }

  #candidates(inputTokens: number, capabilities: Capabilities): Candidate[] {
    const { endpoints, automation, body } = this.#options;
    const needs: Capability[] = this.#logprobs ? ['chat', 'logprobs'] : ['chat'];
    const need = {
      ...{
        tier: tierOf(this.#policy, this.#asked.input),
        residencies: placesFor(automation, body),
        inputTokens,
      },
      ...{ mostUsd: this.#mostUsd, needs, first: this.#asked.model },
    };
    const { maxOutputTokens: mostTokens } = this.#policy;
    const list = candidatesWithin(this.#asked.step, endpoints, need, { capabilities, mostTokens });
    return list.map((it) => ({
      ...it,
      endpoint: withCapabilities(it.endpoint, it.offer.name, capabilities),
    }));
  }

  #cacheKey(list: readonly Candidate[]): string {
    const { step, feedback, schema } = this.#asked;
    const models = list.map(({ endpoint, offer }) => `${endpoint.name}/${offer.name}`);
    const automation = this.#options.automation.name;
    return cacheKey({ automation, step, request: this.#asked, feedback, schema: wireSchema(schema), models });
  }

  async #kept(key: string, hours: number): Promise<Remembered<T> | undefined> {
    const kept = await readCache(this.#options.idempotencyTable, key, hours);
    // It was valid when it was stored; the schema or the check may have become stricter.
    const read = kept && z.safeParse(this.#asked.schema, kept.value);
    if (!kept || !read?.success || this.#asked.missing?.(read.data) !== undefined) return undefined;
    const { model, endpoint, rawConfidence } = kept;
    const { step, prompt } = this.#asked;
    const entry: LineageEntry = {
      ...{ at: isoNow(), step, model, endpoint, promptVersion: prompt.version },
      ...{ promptHash: promptHash(prompt.text), route: 'an answer to the same request was kept' },
      ...{ cached: true, costUsd: 0, ...total([]), milliseconds: 0, price: 'none' },
    };
    const sure = rawConfidence === undefined ? {} : { rawConfidence };
    return { value: read.data, lineage: [{ ...entry, ...sure }], ...sure };
  }

  /** How sure the model looks: from this answer, or from two more answers of the same model. */
  async #raw(
    { answer, candidate }: Found<Answer<T>>,
    chain: FallbackChain<Answer<T>>,
    inputTokens: number,
  ): Promise<number | undefined> {
    if (this.#policy.confidence === 'logprobs') return fromLogprobs(answer.reply.logprobs);
    if (this.#policy.confidence !== 'agreement') return undefined;
    const answers: unknown[] = [answer.value];
    for (let more = 0; more < 2; more += 1) {
      const again = this.#chain(inputTokens, chain.spentUsd, { temperature: 0.7 });
      // A failed further opinion must not lose the answer we have.
      const other = await again.run([candidate]).catch(() => undefined);
      if (other) answers.push(other.answer.value);
      chain.lineage.push(...again.lineage);
    }
    // With fewer answers the share would look surer than it is.
    return answers.length === 3 ? fromAgreement(answers) : undefined;
  }
}

/** Gives an answer, or pays for one. @param list who would be asked */
export type Instead<T> = (
  list: readonly Candidate[],
  pay: () => Promise<Remembered<T>>,
) => Promise<Remembered<T>>;

/** What a step's calls may cost, and where what they cost is counted. */
export interface Means {
  /** The key of its remembered answer. */
  id: string;
  budget: Pick<ItemBudget, 'leftUsd'>;
  money: StepMoney;
  lost: LineageEntry[];
  /** A batch has answered, and was paid: no other answer takes its place. @default false */
  answered?: boolean;
  /** Reads the way to a batch: few automations have batches. @default the step waits for none */
  batches?: () => Promise<{ inBatch: typeof inBatch }>;
}

/** Turns of an agent are numbered behind the name that the policy is by. */
export function policyOf({ steps }: RunnerOptions['automation'], step: string): StepPolicy {
  return steps?.[step] ?? steps?.[step.split('#')[0] ?? step] ?? {};
}

export function tierOf({ tier = 'small', complexity }: StepPolicy, input: unknown): Tier {
  const needed = complexity?.(input) ?? tier;
  return TIERS.indexOf(needed) > TIERS.indexOf(tier) ? needed : tier;
}

export function wordsOf({ input, feedback }: Asked<unknown>): Pick<Asked<unknown>, 'input' | 'feedback'> {
  return feedback === undefined ? { input } : { input, feedback };
}

/** The endpoint with the capabilities of this one model. */
export function withCapabilities(endpoint: Endpoint, model: string, capabilities: Capabilities): Endpoint {
  const found = (
    ['jsonSchema', 'logprobs', 'maxCompletionTokens', 'temperature', 'promptCacheKey'] as const
  ).flatMap((capability) => {
    const can = capabilities(endpoint.name, model, capability);
    return can === undefined ? [] : [[capability, can] as const];
  });
  return { ...endpoint, capabilities: { ...endpoint.capabilities, ...Object.fromEntries(found) } };
}
