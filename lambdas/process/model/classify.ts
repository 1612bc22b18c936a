import type { Usage } from '../../shared/endpoint.ts';
import {
  type ErrorName,
  InputError,
  ProcessingError,
  SystemError,
  TransientError,
} from '../../shared/errors.ts';
import { type RateHeaders, rateHeaders } from './rate-headers.ts';

/* What can go wrong with a call, told apart by what is to happen next: docs/model-errors.md has a row for each. */

export type FailureKind =
  | 'transient'
  | 'rate'
  | 'quota'
  | 'key'
  | 'tooLong'
  | 'request'
  | 'refused'
  | 'filtered'
  | 'cut'
  | 'unusable';

export interface After {
  /** What the endpoint's breaker counts it as. `none`: the endpoint did its part. */
  breaker: 'transient' | 'rate' | 'quota' | 'key' | 'none';
  /** Which candidate is worth a try instead. `none`: it would be a second opinion on what a person should decide. */
  next: 'another endpoint' | 'a longer context' | 'a stronger tier' | 'none';
  /** What the item hears when nothing is left to try. */
  error: ErrorName;
}

export const AFTER: Readonly<Record<FailureKind, After>> = {
  transient: { breaker: 'transient', next: 'another endpoint', error: 'TransientError' },
  rate: { breaker: 'rate', next: 'another endpoint', error: 'TransientError' },
  quota: { breaker: 'quota', next: 'another endpoint', error: 'SystemError' },
  key: { breaker: 'key', next: 'another endpoint', error: 'SystemError' },
  tooLong: { breaker: 'none', next: 'a longer context', error: 'InputError' },
  request: { breaker: 'none', next: 'another endpoint', error: 'SystemError' },
  refused: { breaker: 'none', next: 'none', error: 'ProcessingError' },
  filtered: { breaker: 'none', next: 'none', error: 'ProcessingError' },
  cut: { breaker: 'none', next: 'a stronger tier', error: 'ProcessingError' },
  unusable: { breaker: 'none', next: 'a stronger tier', error: 'ProcessingError' },
};

export interface FailureFacts extends ErrorOptions {
  headers?: RateHeaders;
  /** What was spent up to here, one entry per call: a failed call can be paid for all the same. */
  calls?: readonly Usage[];
  /** How long the call took that failed. */
  milliseconds?: number;
}

/** What went wrong with one call, by what is to happen next. Its message quotes neither the item nor the endpoint's words. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly kind: FailureKind;
  readonly headers: RateHeaders;
  readonly calls: readonly Usage[];
  readonly milliseconds: number;
  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}) {
    super(message, facts);
    this.kind = kind;
    this.headers = facts.headers ?? rateHeaders(undefined);
    this.calls = facts.calls ?? [];
    this.milliseconds = facts.milliseconds ?? 0;
  }

  /** The sum over `calls`, to be counted; a price with a long-context step goes by the single calls. */
  get usage(): Usage {
    return total(this.calls);
  }

  /** What the endpoint's breaker and line hear of: of an answer that could not be asked for again, why not. */
  get heard(): CallFailure {
    return this.cause instanceof CallFailure ? this.cause.heard : this;
  }

  get retryAfterMs(): number | undefined {
    return this.headers.retryAfterMs;
  }

  /** The same failure with what was spent before it. */
  after(before: readonly Usage[]): CallFailure {
    const { headers, milliseconds } = this;
    const calls = [...before, ...this.calls];
    return new CallFailure(this.kind, this.message, { headers, milliseconds, calls, cause: this });
  }
}

export function total(calls: readonly Usage[]): Usage {
  const sum = (field: keyof Usage) => calls.reduce((before, usage) => before + usage[field], 0);
  return {
    inputTokens: sum('inputTokens'),
    cachedTokens: sum('cachedTokens'),
    outputTokens: sum('outputTokens'),
  };
}

/** What the item hears of a failure when nothing is left to try. */
export function errorOf(failure: CallFailure): Error {
  const { retryAfterMs } = failure;
  const error = AFTER[failure.kind].error;
  switch (error) {
    case 'TransientError': {
      const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
      return new TransientError(failure.message, { cause: failure, retryAfterSeconds });
    }
    case 'InputError':
      return new InputError(failure.message, { cause: failure });
    case 'ProcessingError':
      return new ProcessingError(failure.message, { cause: failure });
    case 'SystemError':
      return new SystemError(failure.message, { cause: failure });
    default:
      return error satisfies never;
  }
}

/** What an endpoint answered with instead of a completion. */
export interface Refusal {
  status: number;
  code: string;
  type: string;
  /** The endpoint's words. They tell some faults apart, may quote the item, and are never kept. */
  words: string;
}

/** A word of an answer that may be anything. Not by `String`: that calls what the answer holds, and throws for some of it. */
export function wordOf(said: unknown): string {
  return typeof said === 'string' || typeof said === 'number' ? `${said}` : '';
}

const QUOTA = /^(?:insufficient_quota|billing_hard_limit_reached|billing_not_active|insufficient_balance)$/;
const FILTER = /^(?:content_filter|content_policy_violation|moderation_blocked|invalid_prompt)$/;
const TOO_LONG = /^(?:context_length_exceeded|exceed_context_size_error|string_above_max_length)$/;
/* llama.cpp, vLLM and their like have no code for it, or one of their own. */
const TOO_LONG_WORDS =
  /maximum context length|context (?:length|size|window)|(?:prompt|input) is too long|reduce the length/i;
/* Such a request alone is more than a minute's tokens: it comes as 429, and waiting does not make it smaller. */
const TOO_LARGE_WORDS = /^request too large/i;

/** What a status can say; the others take a look at an answer. */
export type RefusalKind = Exclude<FailureKind, 'refused' | 'cut' | 'unusable'>;

/** The order matters: a used-up quota comes as 429, a filter and a long item as 400, an unknown model also as 403. */
export function kindOf({ status, code, type, words }: Refusal): RefusalKind {
  const is = (names: RegExp) => names.test(code) || names.test(type);
  if (status === 402 || is(QUOTA)) return 'quota';
  if (status === 429) return TOO_LARGE_WORDS.test(words) ? 'tooLong' : 'rate';
  if (status === 408 || status === 409 || status === 425 || status >= 500) return 'transient';
  if (is(FILTER)) return 'filtered';
  if (status === 413 || is(TOO_LONG)) return 'tooLong';
  if ((status === 400 || status === 422) && TOO_LONG_WORDS.test(words)) return 'tooLong';
  if (code === 'model_not_found') return 'request';
  return status === 401 || status === 403 ? 'key' : 'request';
}

/** Says what happened, with no more of the endpoint's own words than a code that looks like one. */
export function refusedBy(endpoint: string, step: string, answer: Refusal, facts: FailureFacts): CallFailure {
  const what = `endpoint '${endpoint}'`;
  const { status, code } = answer;
  const kind = kindOf(answer);
  switch (kind) {
    case 'quota':
      return new CallFailure('quota', `${what}: its quota is used up`, facts);
    case 'key':
      return new CallFailure('key', `${what}: refused the key with ${status}`, facts);
    case 'tooLong':
      return new CallFailure('tooLong', 'the item is too long for the model', facts);
    case 'filtered':
      return new CallFailure(
        'filtered',
        `a content filter refused the question of the step '${step}'`,
        facts,
      );
    case 'rate':
      return new CallFailure('rate', `${what}: too many requests, answered ${status}`, facts);
    case 'transient':
      return new CallFailure('transient', `${what}: answered ${status}`, facts);
    case 'request': {
      const why = /^[a-z][a-z_]{2,40}$/.test(code) ? `: ${code}` : '';
      return new CallFailure(
        'request',
        `${what}: refused the request with ${status} (base URL, model name or schema${why})`,
        facts,
      );
    }
    default:
      return kind satisfies never;
  }
}
