import type * as z from 'zod/mini';
import type { HandlerName } from '../../contract/env.ts';
import { noQuery } from './queries.ts';

/* What a row of the API's table of routes says. */

export interface Route {
  /** Method and path, as API Gateway, the dispatch and the description write them. */
  at: `${'GET' | 'POST' | 'DELETE' | 'ANY'} /${string}`;
  fn: HandlerName;
  who: Who;
  /** It is about what all automations share: the token must be for all of them. @default false */
  everywhere?: boolean;
  /** What is not in it is refused. @default anything is passed over */
  query?: Schema;
  /** May be left out as a whole where nothing in it is required. */
  body?: Schema;
  /** Its summary in the description; what browsers and Slack call is described in `openapi/pages.ts`. */
  says?: string;
  gives?: Gives;
  /** Refusals beside those that every call has in common. */
  refuses?: Readonly<Record<number, string>>;
}

/** Made when a request first needs it: all of them together would take half of a cold start. */
export type Schema<Type extends z.ZodMiniType = z.ZodMiniType> = () => Type;

/** Callers by the role of their token, each with those below it; or everybody, for a reason. */
export type Who = 'client' | 'auditor' | 'operator' | Open;

export interface Open {
  reason: string;
  /** Their browsers and Slack: posts of clients must not use up what they need. */
  people: boolean;
}

/** What it answers. */
export interface Gives {
  /** @default 200 */
  status?: 202;
  says: string;
  /** A schema of the description, or a list of it under a name. */
  schema: string | { list: string; of: string };
  /** Other types that may be asked for. */
  or?: string;
}

export const gives = (says: string, schema: Gives['schema']): Gives => ({ says, schema });
export const people = (reason: string): Open => ({ reason, people: true });
export const machines = (reason: string): Open => ({ reason, people: false });

export const NONE = { 404: 'There is none of this name' };

export const read = <const W extends Who, const At extends Route['at'], Q extends Schema>(
  who: W,
  at: At,
  query: Q,
) => ({ at, fn: 'api/api', who, query }) as const;

export const command = <const At extends Route['at'], B extends Schema>(at: At, body: B) =>
  ({ at, fn: 'operate/commands', who: 'operator', body, refuses: NONE }) as const;

export const verifying = <const W extends Who, const At extends Route['at'], Q extends Schema>(
  who: W,
  at: At,
  query: Q,
) => ({ at, fn: 'operate/verify', who, query, refuses: NONE }) as const;

/** What operators may only look at, where commands are carried out: it belongs to no automation. */
export const looking = <const At extends Route['at']>(at: At) =>
  ({ at, fn: 'operate/commands', who: 'operator', query: noQuery, refuses: NONE, everywhere: true }) as const;
