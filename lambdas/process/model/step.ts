import * as z from 'zod/v4/core';
import type { Automation, ModelRequest, StepPolicy, StepRunner } from '../../shared/automation.ts';
import { clock, isoNow } from '../../shared/clock.ts';
import { digest } from '../../shared/digest.ts';
import { type Capability, type Endpoint, TIERS, type Tier } from '../../shared/endpoint.ts';
import { InputError, ProcessingError, SystemError } from '../../shared/errors.ts';
import type { ItemRow, LineageEntry } from '../../shared/item.ts';
import { exact } from '../../shared/prices.ts';
import { type Asked, messagesOf } from './answer.ts';
import { cacheKey, readCache, writeCache } from './cache.ts';
import { inputBound } from './call.ts';
import { readKnown } from './capabilities.ts';
import { fromAgreement, fromLogprobs, worthOf } from './confidence.ts';
import { embedder } from './embed.ts';
import { feedbackMessage } from './feedback.ts';
import { type Climbed, Ladder, type LadderOptions, promptHash } from './ladder.ts';
import { once, type Remembered } from './memo.ts';
import { type Candidate, candidates, type Refused } from './router.ts';
import { wireSchema } from './wire-schema.ts';

export interface RunnerOptions {
  /** Its lineage so far: what earlier generations cost counts against the item's budget. */
  item: Pick<ItemRow, 'id' | 'generation' | 'lineage' | 'priority'>;
  body: unknown;
  /** What people said when they sent the item back. */
  feedback: readonly string[];
  automation: Pick<Automation, 'name' | 'budget' | 'steps' | 'residency'>;
  endpoints: readonly Endpoint[];
  idempotencyTable: string;
  controlTable: string;
}

/** Longest that one step may be at work: a claim that is older belongs to a worker that died. */
const MOST_LEASE_SECONDS = 900;

/** The only door to a model: remembered, routed, budgeted, paced, validated. `lineage` collects what the item's calls were and cost. */
export function stepRunner(options: RunnerOptions): StepRunner & { lineage: LineageEntry[] } {
  const { item, automation, idempotencyTable } = options;
  const feedback = feedbackMessage(options.feedback);
  const lineage: LineageEntry[] = [];
  const sure = new Map<string, number | null>();
  return {
    lineage,
    confidence: (name) => sure.get(name) ?? null,
    embed: embedder(options, lineage),
    async model<T>(name: string, request: ModelRequest<T>): Promise<T> {
      const { version, text } = request.prompt;
      const input = digest({ input: request.input, prompt: text, feedback });
      const id = `step#${item.id}#${item.generation}#${name}#${version}#${input}`;
      const step = new Step<T>(options, { ...request, step: name, feedback }, lineage);
      const kept = await once<T>(idempotencyTable, id, leaseOf(options.endpoints), () => step.answer());
      lineage.push(...kept.lineage);
      const { model = '' } = kept.lineage.at(-1) ?? {};
      const about = { automation: automation.name, step: name, promptVersion: version, model };
      sure.set(name, await worthOf(options.controlTable, about, kept.rawConfidence));
      if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
      return kept.value as T;
    },
  };
}

function leaseOf(endpoints: readonly Endpoint[]): number {
  const calls = endpoints.reduce((sum, { timeoutSeconds }) => sum + 2 * timeoutSeconds, 0);
  return Math.min(MOST_LEASE_SECONDS, calls + 60);
}

class Step<T> {
  readonly #options: RunnerOptions;
  readonly #asked: Asked<T>;
  readonly #policy: StepPolicy;
  readonly #before: number;

  constructor(options: RunnerOptions, asked: Asked<T>, lineage: readonly LineageEntry[]) {
    this.#options = options;
    this.#asked = asked;
    this.#policy = options.automation.steps?.[asked.step] ?? {};
    this.#before = exact(
      [...(options.item.lineage ?? []), ...lineage].reduce((sum, { costUsd }) => sum + costUsd, 0),
    );
  }

  async answer(): Promise<Remembered<T>> {
    const inputTokens = this.#bound();
    const list = await this.#candidates(inputTokens);
    const hours = this.#policy.cacheHours ?? 0;
    const key = hours > 0 ? this.#cacheKey(list) : '';
    const kept = hours > 0 ? await this.#kept(key, hours) : undefined;
    if (kept) return kept;
    const ladder = new Ladder<T>(this.#ladderOptions(inputTokens), this.#asked);
    try {
      const climbed = await ladder.climb(list);
      const raw = await this.#raw(climbed, ladder, inputTokens);
      const { value } = climbed.answer;
      const sure = raw === undefined ? {} : { rawConfidence: raw };
      const { endpoint, offer } = climbed.candidate;
      const answer = { value, model: offer.name, endpoint: endpoint.name, at: clock.now(), ...sure };
      if (hours > 0) await writeCache(this.#options.idempotencyTable, key, hours, answer);
      return { value, lineage: marked(ladder.lineage, raw), ...sure };
    } catch (error) {
      // The model was paid for saying nothing of use, and would be again.
      if (error instanceof ProcessingError) return { failure: error.message, lineage: ladder.lineage };
      throw error;
    }
  }

  #ladderOptions(inputTokens: number): LadderOptions {
    const { automation, controlTable, item } = this.#options;
    const logprobs = this.#policy.confidence === 'logprobs';
    return { automation, controlTable, priority: item.priority, inputTokens, logprobs };
  }

  /** The dear side of what any endpoint could count for the question. */
  #bound(): number {
    const { step, schema } = this.#asked;
    const messages = messagesOf(this.#asked);
    return Math.max(0, ...this.#options.endpoints.map((it) => inputBound(it, { step, messages, schema })));
  }

  async #candidates(inputTokens: number): Promise<Candidate[]> {
    const { endpoints, automation, body, controlTable } = this.#options;
    const needs: Capability[] = [
      'chat',
      ...(this.#policy.confidence === 'logprobs' ? (['logprobs'] as const) : []),
    ];
    const left = automation.budget.perItemUsd - this.#before;
    const known = await readKnown(controlTable, endpoints);
    const told = endpoints.map((endpoint) => withFindings(endpoint, known));
    const { candidates: list, refused } = candidates(
      told,
      {
        tier: this.#tier(),
        residencies: automation.residency?.(body),
        inputTokens,
        mostUsd: Math.min(left, this.#policy.mostUsd ?? Number.POSITIVE_INFINITY),
        needs,
      },
      known,
    );
    if (list.length === 0) throw nobody(this.#asked.step, refused);
    return list;
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
        promptHash: promptHash(this.#asked),
        route: 'an answer to the same question was kept',
        cached: true,
      },
      ...nothing,
    };
    const sure = rawConfidence === undefined ? {} : { rawConfidence };
    return { value: read.data, lineage: [{ ...entry, ...sure }], ...sure };
  }

  /** How sure the model looks: out of this answer, or by asking the same model twice more. */
  async #raw(
    { answer, candidate }: Climbed<T>,
    ladder: Ladder<T>,
    inputTokens: number,
  ): Promise<number | undefined> {
    if (this.#policy.confidence === 'logprobs') return fromLogprobs(answer.reply.logprobs);
    if (this.#policy.confidence !== 'agreement') return undefined;
    const answers: unknown[] = [answer.value];
    for (let more = 0; more < 2; more += 1) {
      const again = new Ladder<T>({ ...this.#ladderOptions(inputTokens), temperature: 0.7 }, this.#asked);
      // An opinion that cannot be had is no reason to lose the answer that is there.
      const other = await again.climb([candidate]).catch(() => undefined);
      if (other) answers.push(other.answer.value);
      ladder.lineage.push(...again.lineage);
    }
    return fromAgreement(answers);
  }
}

function withFindings(endpoint: Endpoint, known: Awaited<ReturnType<typeof readKnown>>): Endpoint {
  const [model] = endpoint.models;
  const finding = (capability: Capability) => known(endpoint.name, model?.name ?? '', capability);
  const { jsonSchema = finding('jsonSchema'), logprobs = finding('logprobs') } = endpoint.capabilities;
  const capabilities = {
    ...endpoint.capabilities,
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
  return { ...endpoint, capabilities };
}

function marked(lineage: readonly LineageEntry[], raw: number | undefined): LineageEntry[] {
  return lineage.map((entry, index) =>
    raw === undefined || index < lineage.length - 1 ? entry : { ...entry, rawConfidence: raw },
  );
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
