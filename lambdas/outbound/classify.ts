import type { Usage } from '../contract/endpoint.ts';
import type { ErrorName } from '../contract/item/row.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import { InputError, ProcessingError, SystemError, TransientError } from '../kit/errors.ts';
import { type RateHeaders, rateHeaders } from './rate-headers.ts';
import { codeOf, kindOf, type Refusal, type RefusalKind } from './refusal.ts';

/*
 * What can go wrong with a call to a model endpoint, by what happens next: docs/model-errors.md has a row for
 * each. Of a destination: `act/answer.ts`.
 */

export type FailureKind = RefusalKind | 'refused' | 'cut' | 'clipped' | 'blocked' | 'unsure';

export interface After {
  /** What the endpoint's breaker counts it as. `none`: the endpoint did its part. */
  breaker: 'transient' | 'rate' | 'quota' | 'key' | 'region' | 'none';
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
  region: { breaker: 'region', next: 'another endpoint', error: 'SystemError' },
  tooLong: { breaker: 'none', next: 'a longer context', error: 'InputError' },
  request: { breaker: 'none', next: 'another endpoint', error: 'SystemError' },
  refused: { breaker: 'none', next: 'none', error: 'ProcessingError' },
  filtered: { breaker: 'none', next: 'none', error: 'ProcessingError' },
  cut: { breaker: 'none', next: 'a stronger tier', error: 'ProcessingError' },
  blocked: { breaker: 'none', next: 'another endpoint', error: 'ProcessingError' },
  unsure: { breaker: 'none', next: 'another endpoint', error: 'TransientError' },
  clipped: { breaker: 'none', next: 'another endpoint', error: 'ProcessingError' },
  unusable: { breaker: 'none', next: 'a stronger tier', error: 'ProcessingError' },
};

export interface FailureFacts extends ErrorOptions {
  headers?: RateHeaders;
  /** What it cost, one entry per request: a failed call can be paid for all the same. */
  calls?: readonly Usage[];
  /** How long the call took that failed. */
  milliseconds?: number;
  /** In words for the model: what it is to be told when it is asked once more. Absent where asking again is of no use. */
  again?: string;
}

/** What went wrong with one call, by what is to happen next. Its message quotes neither the item nor the endpoint's words. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly kind: FailureKind;
  readonly headers: RateHeaders;
  readonly calls: readonly Usage[];
  readonly milliseconds: number;
  readonly again: string | undefined;
  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}) {
    super(message, facts);
    this.kind = kind;
    this.headers = facts.headers ?? rateHeaders(undefined);
    this.calls = facts.calls ?? [];
    this.milliseconds = facts.milliseconds ?? 0;
    this.again = facts.again;
  }

  /** The sum over `calls`, to be counted; a price with a long-context step goes by the single calls. */
  get usage(): Usage {
    return total(this.calls);
  }

  /** What the breaker and the rate limiter hear: the failure behind this one, if there is one. */
  get heard(): CallFailure {
    return this.cause instanceof CallFailure ? this.cause.heard : this;
  }

  get retryAfterMs(): number | undefined {
    return this.headers.retryAfterMs;
  }
}

export function total(calls: readonly Usage[]): Usage {
  const sum = (field: Exclude<keyof Usage, 'share'>) =>
    calls.reduce((before, usage) => before + (usage[field] ?? 0), 0);
  const written = calls.some(({ cacheWriteTokens }) => cacheWriteTokens !== undefined);
  return {
    inputTokens: sum('inputTokens'),
    cachedTokens: sum('cachedTokens'),
    ...(written ? { cacheWriteTokens: sum('cacheWriteTokens') } : {}),
    outputTokens: sum('outputTokens'),
  };
}

/** What the item hears of a failure when nothing is left to try. */
export function errorOf(failure: CallFailure, neighbour?: NeighbourName): Error {
  const { retryAfterMs } = failure;
  const error = AFTER[failure.kind].error;
  switch (error) {
    case 'TransientError': {
      const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
      return new TransientError(failure.message, { cause: failure, retryAfterSeconds, neighbour });
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

/** What happened, with at most a code of the server's own words. `most`: the upper bound of the bill. */
export function refusedBy(
  endpoint: string,
  step: string,
  refusal: Refusal,
  { most, ...given }: FailureFacts & { most: Usage },
): CallFailure {
  const headers = given.headers ?? rateHeaders(undefined);
  const { retryAfterMs = refusal.retryAfterMs } = headers;
  const facts = { ...given, headers: { ...headers, retryAfterMs } };
  const what = `endpoint '${endpoint}'`;
  const { status } = refusal;
  const said = String(status);
  const kind = kindOf(refusal);
  switch (kind) {
    case 'quota':
      return new CallFailure('quota', `${what}: its quota is used up`, facts);
    case 'key':
      return new CallFailure('key', `${what}: refused the key with ${status}`, facts);
    case 'region':
      return new CallFailure(
        'region',
        `${what}: serves no account from this region, answered ${status}`,
        facts,
      );
    case 'tooLong':
      return new CallFailure('tooLong', 'the item is too long for the model', facts);
    case 'filtered':
      return new CallFailure('filtered', `a content filter refused the request of the step '${step}'`, facts);
    case 'rate':
      return new CallFailure('rate', `${what}: too many requests, answered ${status}`, facts);
    case 'transient':
      return new CallFailure('transient', `${what}: answered ${status}`, facts);
    case 'unusable':
      return new CallFailure('unusable', `the model's answer to '${step}' does not fit its schema, ${said}`, {
        ...facts,
        again: 'it is not a JSON document that fits the schema',
        calls: [most],
      });
    case 'request': {
      const code = codeOf(refusal);
      const why = code ? `: ${code}` : '';
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
