import type { Endpoint, ModelOffer, Usage } from '../../contract/endpoint.ts';
import { CallFailure, type FailureFacts, refusedBy } from '../../outbound/classify.ts';
import type { RateHeaders } from '../../outbound/rate-headers.ts';
import { at, jsonOf, kindOf, refusalIn, statusIn, wordOf } from '../../outbound/refusal.ts';
import type { Logprob } from './logprobs.ts';
import { logprobsOf } from './logprobs.ts';
import type { Optional } from './parameters.ts';
import { stopOf } from './stop-reason.ts';
import { streamed } from './stream.ts';
import { countOf, mostTokens } from './tokens.ts';
import { callsIn, type ToolCall } from './tools.ts';

/** A chat completion, as far as the shape of a compatible server's answer can be trusted. */
export interface Completion {
  model?: string;
  choices?: Choice[];
  service_tier?: unknown;
  usage?: {
    prompt_tokens?: unknown;
    completion_tokens?: unknown;
    prompt_tokens_details?: { cached_tokens?: unknown; cache_write_tokens?: unknown } | null;
  } | null;
}

interface Choice {
  finish_reason?: unknown;
  message?: {
    content?: unknown;
    refusal?: unknown;
    reasoning_content?: unknown;
    reasoning?: unknown;
    tool_calls?: unknown;
    function_call?: unknown;
  } | null;
  logprobs?: { content?: unknown } | null;
  error?: unknown;
}

/** What an answer is measured by. */
export interface Measure {
  step: string;
  /** Upper bound on the billed input tokens. */
  inputMost: number;
  /** Bytes of the messages alone: not every server counts the schema. */
  letters: number;
  /** Tools were offered: calls of them are an answer. @default false */
  tools?: boolean;
}

/**
 * A compatible server may send anything with a 200: a proxy's page, nothing, JSON labelled as text, a stream, or the error of a
 * server behind it.
 * @throws CallFailure if it is no completion; it counts as paid if something was answered
 */
export function completionOf(
  body: string,
  { name: endpoint }: Pick<Endpoint, 'name'>,
  offer: ModelOffer,
  measure: Measure,
  facts: FailureFacts,
): Completion {
  const most = mostOf(measure, offer);
  const sent = (jsonOf(body) ?? streamed(body)) as Sent | null | undefined;
  const choices = Array.isArray(sent?.choices) ? sent.choices : undefined;
  const error = toldOf(sent?.error) ?? toldOf(choices?.[0]?.error);
  const blocked = at(sent?.prompt_feedback ?? sent?.promptFeedback, 'blockReason');
  if (sent && (error !== undefined || blocked)) {
    const paid = choices?.some((it) => it) || blocked ? { calls: [usageOr(most, sent, measure, offer)] } : {};
    if (blocked) throw filtered(measure.step, { ...facts, ...paid });
    throw insideAnswer(error, endpoint, measure.step, { ...facts, ...paid, most });
  }
  if (sent && choices) return sent;
  const what = `endpoint '${endpoint}'`;
  if (!sent && /^\s*(?:\{|data:|event:)/.test(body))
    throw new CallFailure('transient', `${what}: its answer broke off`, { ...facts, calls: [most] });
  throw new CallFailure('transient', `${what}: its answer is no completion`, facts);
}

type Sent = Completion & { error?: unknown; prompt_feedback?: unknown; promptFeedback?: unknown };

function usageOr(most: Usage, ...told: Parameters<typeof usageOf>): Usage {
  try {
    return usageOf(...told);
  } catch {
    return most;
  }
}

/** An error with content: some servers send an empty one with every answer. */
function toldOf(error: unknown): unknown {
  const says = typeof error === 'object' ? Object.keys(error ?? {}).length > 0 : Boolean(error);
  return says ? error : undefined;
}

/** An unknown error inside a 200 is a fault of the server, not of our request. */
export function insideAnswer(
  error: unknown,
  endpoint: string,
  step: string,
  facts: FailureFacts & { most: Usage },
): CallFailure {
  const status = statusIn(error);
  const refusal = refusalIn(status ?? 400, { error });
  if (status !== undefined || kindOf(refusal) !== 'request') return refusedBy(endpoint, step, refusal, facts);
  const { most: _, ...rest } = facts;
  return new CallFailure('transient', `endpoint '${endpoint}': its answer is no completion`, rest);
}

/**
 * Reads the reply from a completion.
 * @throws CallFailure and nothing else: from here on the call is paid for, and only a CallFailure records that
 */
export function replyOf(
  completion: Completion,
  { name: endpoint }: Pick<Endpoint, 'name'>,
  offer: ModelOffer,
  measure: Measure,
  facts: Pick<Reply, 'headers' | 'milliseconds'>,
): Reply {
  const { step } = measure;
  let usage = mostOf(measure, offer);
  try {
    usage = usageOf(completion, measure, offer);
    const choice = completion.choices?.[0];
    const fault = stopped(choice, endpoint, measure, { ...facts, calls: [usage] });
    const text = textOf(choice?.message?.content);
    const called = measure.tools ? callsIn(choice?.message) : { calls: [], more: 0 };
    const isCall = called.calls.length > 0;
    if (!text && !isCall) misplaced(choice, step, { ...facts, calls: [usage] });
    if (isClipped(completion, measure))
      throw new CallFailure(
        'clipped',
        `endpoint '${endpoint}': it read only a part of the request of the step '${step}'`,
        {
          ...facts,
          calls: [usage],
        },
      );
    const { model } = completion;
    const logprobs = logprobsOf(choice?.logprobs);
    return {
      ...facts,
      text,
      usage,
      model: typeof model === 'string' && model ? model : offer.name,
      ...(logprobs ? { logprobs } : {}),
      ...(isCall ? { called } : {}),
      ...(fault ? { fault } : {}),
    };
  } catch (cause) {
    if (cause instanceof CallFailure) throw cause;
    const message = `the model's answer to '${step}' cannot be read`;
    throw new CallFailure('unusable', message, { ...facts, calls: [usage], cause });
  }
}

/** The text, which some servers send in parts. Parts that are thoughts are left out. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return wordOf(content);
  const parts = content as ({ type?: unknown; text?: unknown } | null)[];
  return parts
    .map((part) => (/^(?:output_)?text$/.test(wordOf(part?.type ?? 'text')) ? wordOf(part?.text) : ''))
    .join('');
}

export function mostOf({ inputMost }: Measure, { maxOutputTokens }: ModelOffer): Usage {
  return { inputTokens: inputMost, cachedTokens: 0, outputTokens: maxOutputTokens };
}

/**
 * A server that does not count is not free: its calls are billed at their upper bound. A count above what the model can hold, or far
 * below the length of the text, is not believed: one such answer would use up the whole day's budget, or none of it.
 */
function usageOf({ usage, choices }: Completion, measure: Measure, offer: ModelOffer): Usage {
  const { contextTokens, maxOutputTokens } = offer;
  const counted = (tokens: unknown) => countOf(tokens, contextTokens);
  const cached = counted(usage?.prompt_tokens_details?.cached_tokens) ?? 0;
  const input = counted(usage?.prompt_tokens);
  const believed = input !== undefined && isBelievable(input + cached, measure.letters);
  const inputTokens = believed ? input : measure.inputMost;
  // The whole message: a refusal and a reasoning text are output too.
  const outputTokens =
    counted(usage?.completion_tokens) ??
    Math.min(maxOutputTokens, mostTokens(JSON.stringify(choices?.[0]?.message ?? '')));
  const written = usage?.prompt_tokens_details?.cache_write_tokens;
  const tells = offer.cacheWriteUsdPerMillion !== undefined && believed && isCount(written);
  return {
    inputTokens,
    cachedTokens: believed ? Math.min(cached, inputTokens) : 0,
    ...(tells ? { cacheWriteTokens: Math.min(Math.ceil(written), inputTokens) } : {}),
    outputTokens: Math.min(outputTokens, contextTokens),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/**
 * No server keeps less than about 2,000 tokens, so a short request is never cut. In long texts a token is 3 to 5 letters of any
 * script, at most 11 bytes; tables of blanks and rules come to more.
 */
const LETTERS_KEPT = 8192;
const LETTERS_PER_TOKEN = 16;

function isBelievable(tokens: number, letters: number): boolean {
  return letters < LETTERS_KEPT || tokens * LETTERS_PER_TOKEN >= letters;
}

/** A server whose window is too small may cut the request silently: its answer concerns only the rest. */
function isClipped({ usage }: Completion, { letters }: Measure): boolean {
  const input = countOf(usage?.prompt_tokens, Number.POSITIVE_INFINITY);
  const cached = countOf(usage?.prompt_tokens_details?.cached_tokens, Number.POSITIVE_INFINITY) ?? 0;
  return input !== undefined && !isBelievable(input + cached, letters);
}

const UNKNOWN_END = 'it did not end as an answer does';

/** Unchecked, half a list would pass for an answer. Returns what to tell the model, to ask again. */
function stopped(
  choice: Choice | undefined,
  endpoint: string,
  { step, tools }: Pick<Measure, 'step' | 'tools'>,
  facts: FailureFacts,
): string | undefined {
  if (choice?.message?.refusal)
    throw new CallFailure('refused', `the model refused the step '${step}'`, facts);
  const stop = stopOf(choice?.finish_reason);
  switch (stop) {
    case 'whole':
      return undefined;
    case 'called':
      return tools ? undefined : UNKNOWN_END;
    case 'unknown':
      return UNKNOWN_END;
    case 'refused':
      throw new CallFailure('refused', `the model refused the step '${step}'`, facts);
    case 'filtered':
      throw filtered(step, facts);
    case 'cut':
      throw new CallFailure('cut', `the model's answer to '${step}' was cut off`, facts);
    case 'failed':
      throw new CallFailure(
        'transient',
        `endpoint '${endpoint}': it failed in the middle of its answer`,
        facts,
      );
    default:
      return stop satisfies never;
  }
}

function filtered(step: string, facts: FailureFacts): CallFailure {
  return new CallFailure('filtered', `a content filter stopped the step '${step}'`, facts);
}

const ELSEWHERE = ['reasoning_content', 'reasoning', 'tool_calls', 'function_call'] as const;

/** A server that puts its answer into the wrong field does so again: operators learn the field. */
function misplaced(choice: Choice | undefined, step: string, facts: FailureFacts): void {
  const field = ELSEWHERE.find((name) => {
    const value = choice?.message?.[name];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  if (field)
    throw new CallFailure(
      'unusable',
      `the model's answer to '${step}' is empty: its text is in '${field}'`,
      facts,
    );
}
export interface Reply {
  text: string;
  usage: Usage;
  headers: RateHeaders;
  milliseconds: number;
  /** The model as the endpoint names it in its answer, often with a date. */
  model: string;
  logprobs?: readonly Logprob[];
  /** What the endpoint refused, and answered without. */
  lacks?: readonly Optional[];
  /** What it wants to know of the tools that it was offered; absent if nothing. `more`: calls that were not read. */
  called?: { calls: readonly ToolCall[]; more: number };
  /** Why it is no answer, whatever its text says; in words for the model. */
  fault?: string;
}
