import type { NeighbourName } from '../contract/neighbour.ts';
import { SystemError, TransientError } from '../kit/errors.ts';
import { AFTER } from './classify.ts';
import type { RefusalKind } from './refusal.ts';
import type { Failure } from './report.ts';

/** What became of a call to a source or a destination that brought no answer of use. Its message quotes nobody. */
export class OutwardFailure extends Error {
  override readonly name = 'OutwardFailure';
  readonly kind: RefusalKind;
  readonly retryAfterMs: number | undefined;
  constructor(
    kind: RefusalKind,
    message: string,
    { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }

  /** What the breaker and the rate limiter hear; undefined where it says nothing against the neighbour's health. */
  get heard(): Failure | undefined {
    const { breaker: kind } = AFTER[this.kind];
    return kind === 'none' ? undefined : { kind, retryAfterMs: this.retryAfterMs };
  }

  /** What the item hears of it, who has called that neighbour. */
  errorOf(neighbour: NeighbourName): TransientError | SystemError {
    if (AFTER[this.kind].error !== 'TransientError') return new SystemError(this.message, { cause: this });
    const { retryAfterMs: wish } = this;
    const retryAfterSeconds = wish === undefined ? undefined : Math.ceil(wish / 1000);
    return new TransientError(this.message, { cause: this, retryAfterSeconds, neighbour });
  }
}
