import type { NeighbourName } from '../../contract/neighbour.ts';
import type { Credentials } from '../../contract/outside/auth.ts';

/** Whom a request goes to, and how they know us. */
export type Authorised = NeighbourName & Credentials;

export interface Token {
  text: string;
  /** Milliseconds since 1970. */
  until: number;
}

export interface Authorising {
  /** Ends the wait for a token. */
  signal: AbortSignal;
  /** The whole product runs on this machine. @default false */
  local?: boolean | undefined;
  /** A token that was refused: another is asked for. */
  instead?: Token | undefined;
}

export interface Signed {
  /** All headers of the request. */
  headers: Readonly<Record<string, string>>;
  /** The token in them, if they have one. */
  token?: Token;
}
