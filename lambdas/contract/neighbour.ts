/** Whom we call outside AWS. Every kind has a rate limiter, a breaker, and can be held by hand. */
export const NEIGHBOUR_KINDS = ['endpoint', 'destination', 'source'] as const;
export type NeighbourKind = (typeof NEIGHBOUR_KINDS)[number];

/** One of them, as its rate limiter and its breaker know it. */
export interface Neighbour {
  kind: NeighbourKind;
  name: string;
  timeoutSeconds: number;
  /** Limits of the account there; what is absent is not paced. */
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
}

/** A neighbour by name: what a list of breakers, and who holds one, must know. */
export type NeighbourName = Pick<Neighbour, 'kind' | 'name'>;

/** An outside system that actions are sent to, as `lib/` hands it over in the `DESTINATIONS` variable. */
export interface Destination extends Neighbour {
  kind: 'destination';
  url: string;
  secretId: string;
  /** It ignores or refuses a second call with the same key: one without an answer may be repeated. */
  idempotent: boolean;
}
