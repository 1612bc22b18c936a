import type { Tier } from '../endpoint.ts';
import type { BatchPolicy } from './batch.ts';
import type { SimilarPolicy } from './similar.ts';
import type { SurrogatePolicy } from './surrogate.ts';

/** What a step needs; the router chooses from the configured models, and says why. */
export interface StepPolicy {
  /** The smallest tier that is good enough. @default 'small' */
  tier?: Tier;
  /** Raises the tier for harder inputs. */
  complexity?(input: unknown): Tier;
  /** Upper bound on one request's cost, with fallbacks and opinions. @default the rest of the budget */
  mostUsd?: number;
  /** The age up to which an answer to the same request counts. @default 0, none is shared */
  cacheHours?: number;
  /**
   * Upper bound on an answer's tokens, thoughts included: less is booked and paced for each call. An answer that is cut off there is asked
   * for again at the model's full length. @default the model's
   */
  maxOutputTokens?: number;
  /** How sure the model is of a choice: logprobs, or three answers. @default not measured */
  confidence?: 'logprobs' | 'agreement';
  /** Low-priority items wait for an answer at a lower price: docs/paying-less.md. @default they are answered at once */
  batch?: BatchPolicy;
  /** A question may get the answer of others that ask nearly the same: docs/paying-less.md. @default each is asked by itself */
  similar?: SimilarPolicy;
  /** Of `route`: a classifier of our own that learns what the model answers. @default the model is always asked */
  surrogate?: SurrogatePolicy;
}
