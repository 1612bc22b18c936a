import type { ModelOffer, Usage } from '../../shared/endpoint.ts';
import type { Reply } from './call.ts';
import { CallFailure, type FailureFacts, kindOf, refusedBy, wordOf } from './classify.ts';
import { mostTokens } from './tokens.ts';

interface Scored {
  token: string;
  /** Null where the server did not count. */
  logprob: number | null;
}

export interface Logprob extends Scored {
  /** What else could have stood there. */
  top: readonly Scored[];
}

/** A chat completion, as far as a server that calls itself compatible can be trusted with its shape. */
export interface Completion {
  model?: string;
  choices?: Choice[];
  usage?: {
    prompt_tokens?: unknown;
    completion_tokens?: unknown;
    prompt_tokens_details?: { cached_tokens?: unknown } | null;
  } | null;
}

interface Choice {
  finish_reason?: string | null;
  message?: { content?: unknown; refusal?: unknown } | null;
  logprobs?: { content?: unknown } | null;
}

/**
 * Whoever calls itself compatible may send anything with a 200: a proxy's page, nothing, JSON that says it is text, or the error of
 * a server behind it.
 * @throws CallFailure for what is no completion; it is not paid for
 */
export function completionOf(data: unknown, endpoint: string, step: string, facts: FailureFacts): Completion {
  const sent = (typeof data === 'string' ? parsed(data) : data) as Sent | null | undefined;
  if (Array.isArray(sent?.choices)) return sent;
  const { code, type, message } = sent?.error ?? {};
  const said = { code: wordOf(code), type: wordOf(type), words: wordOf(message) };
  const status = [code, sent?.error?.status].map(Number).find((it) => it >= 400 && it < 600);
  if (status !== undefined) throw refusedBy(endpoint, step, { status, ...said }, facts);
  if (kindOf({ status: 400, ...said }) !== 'request')
    throw refusedBy(endpoint, step, { status: 400, ...said }, facts);
  throw new CallFailure('transient', `endpoint '${endpoint}': its answer is no completion`, facts);
}

type Sent = Completion & {
  error?: { code?: unknown; type?: unknown; message?: unknown; status?: unknown } | null;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A reply out of whatever the server sent, once it is a completion at all.
 * @throws CallFailure and nothing else: from here on the call is paid for, and only a failure of a call says so
 */
export function replyOf(
  completion: Completion,
  offer: ModelOffer,
  { step, inputMost }: { step: string; inputMost: number },
  facts: Pick<Reply, 'headers' | 'milliseconds'>,
): Reply {
  let usage: Usage = { inputTokens: inputMost, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  try {
    usage = usageOf(completion, inputMost, offer);
    const choice = completion.choices?.[0];
    stopped(choice, step, { ...facts, calls: [usage] });
    const { content } = choice?.message ?? {};
    const { model } = completion;
    const logprobs = logprobsOf(choice);
    return {
      ...facts,
      text: textOf(content),
      usage,
      model: typeof model === 'string' && model ? model : offer.name,
      ...(logprobs ? { logprobs } : {}),
    };
  } catch (cause) {
    if (cause instanceof CallFailure) throw cause;
    const message = `the model's answer to '${step}' cannot be read`;
    throw new CallFailure('unusable', message, { ...facts, calls: [usage], cause });
  }
}

/** The text, which some servers send in parts. Thoughts come as parts too, and are none of it. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return wordOf(content);
  const parts = content as ({ type?: unknown; text?: unknown } | null)[];
  return parts
    .map((part) => (/^(?:output_)?text$/.test(wordOf(part?.type ?? 'text')) ? wordOf(part?.text) : ''))
    .join('');
}

/**
 * A server that does not count is not free: without a count the budget would never be spent. One that counts more than its model
 * can hold is not believed either: one such answer would spend everybody's day.
 */
function usageOf(
  { usage, choices }: Completion,
  inputMost: number,
  { contextTokens, maxOutputTokens }: ModelOffer,
): Usage {
  const counted = (tokens: unknown) => countOf(tokens, contextTokens);
  const inputTokens = counted(usage?.prompt_tokens) ?? inputMost;
  const cachedTokens = Math.min(counted(usage?.prompt_tokens_details?.cached_tokens) ?? 0, inputTokens);
  // The whole message: a refusal and a reasoning text are output too.
  const outputTokens =
    counted(usage?.completion_tokens) ??
    Math.min(maxOutputTokens, mostTokens(JSON.stringify(choices?.[0]?.message ?? '')));
  return { inputTokens, cachedTokens, outputTokens: Math.min(outputTokens, contextTokens) };
}

/** What a server says it counted, `most` at most; undefined where that is no count. */
export function countOf(tokens: unknown, most: number): number | undefined {
  const isCount = typeof tokens === 'number' && Number.isFinite(tokens) && tokens > 0;
  return isCount ? Math.min(most, Math.ceil(tokens)) : undefined;
}

/** The SDK throws none of these: without a look at them half a list is an answer. */
function stopped(choice: Choice | undefined, step: string, facts: FailureFacts): void {
  if (choice?.message?.refusal)
    throw new CallFailure('refused', `the model refused the step '${step}'`, facts);
  if (choice?.finish_reason === 'content_filter')
    throw new CallFailure('filtered', `a content filter stopped the step '${step}'`, facts);
  if (choice?.finish_reason === 'length')
    throw new CallFailure('cut', `the model's answer to '${step}' was cut off`, facts);
}

/** Some servers take the wish and send null, or something else that is no list of tokens: then nothing was measured. */
function logprobsOf(choice: Choice | undefined): readonly Logprob[] | undefined {
  const content = choice?.logprobs?.content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const read = content.map((one: unknown) => {
    const { top_logprobs: top } = (one ?? {}) as { top_logprobs?: unknown };
    const others: unknown = top ?? [];
    return isScored(one) && Array.isArray(others) && others.every(isScored)
      ? { ...scored(one), top: others.map(scored) }
      : undefined;
  });
  const good = read.filter((it) => it !== undefined);
  return good.length === read.length ? good : undefined;
}

function isScored(one: unknown): one is Scored {
  const { token, logprob } = (one ?? {}) as Record<string, unknown>;
  return typeof token === 'string' && (typeof logprob === 'number' || logprob === null);
}

function scored({ token, logprob }: Scored): Scored {
  return { token, logprob };
}
