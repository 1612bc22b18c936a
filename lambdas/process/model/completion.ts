import type { Usage } from '../../shared/endpoint.ts';
import { CallFailure, type FailureFacts } from './classify.ts';
import { mostTokens } from './tokens.ts';

export interface Logprob {
  token: string;
  logprob: number;
  /** What else could have stood there. */
  top: readonly { token: string; logprob: number }[];
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
  logprobs?: { content?: WireLogprob[] | null } | null;
}

interface WireLogprob {
  token: string;
  logprob: number;
  top_logprobs?: { token: string; logprob: number }[] | null;
}

/** A server that does not count is not free: without a count the budget would never be spent. */
export function usageOf({ usage, choices }: Completion, inputMost: number): Usage {
  const inputTokens = counted(usage?.prompt_tokens) ?? inputMost;
  const cachedTokens = Math.min(counted(usage?.prompt_tokens_details?.cached_tokens) ?? 0, inputTokens);
  // The whole message: a refusal and a reasoning text are output too.
  const outputTokens =
    counted(usage?.completion_tokens) ?? mostTokens(JSON.stringify(choices?.[0]?.message ?? ''));
  return { inputTokens, cachedTokens, outputTokens };
}

function counted(tokens: unknown): number | undefined {
  return typeof tokens === 'number' && Number.isFinite(tokens) && tokens > 0 ? Math.ceil(tokens) : undefined;
}

/** The SDK throws none of these: without a look at them half a list is an answer. */
export function stopped(choice: Choice | undefined, step: string, facts: FailureFacts): void {
  if (choice?.message?.refusal)
    throw new CallFailure('refused', `the model refused the step '${step}'`, facts);
  if (choice?.finish_reason === 'content_filter')
    throw new CallFailure('filtered', `a content filter stopped the step '${step}'`, facts);
  if (choice?.finish_reason === 'length')
    throw new CallFailure('cut', `the model's answer to '${step}' was cut off`, facts);
}

/** Some servers take the wish and send null. */
export function logprobsOf(choice: Choice | undefined): readonly Logprob[] | undefined {
  const content = choice?.logprobs?.content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  return content.map(({ token, logprob, top_logprobs }) => ({
    token,
    logprob,
    top: (top_logprobs ?? []).map((other) => ({ token: other.token, logprob: other.logprob })),
  }));
}
