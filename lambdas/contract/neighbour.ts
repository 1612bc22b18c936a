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
