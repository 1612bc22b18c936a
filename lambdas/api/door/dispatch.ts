import type * as z from 'zod/mini';
import type { HandlerName } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { type ApiEvent, admit, admitEverywhere, type Caller, Problem, type Reply } from '../../kit/http.ts';
import { readOptionalBody } from '../../kit/request-body.ts';
import { cutText } from '../../kit/text.ts';
import { type Operation, ROUTES, type Route, routesOf } from '../routes.ts';
import { readQuery } from './query.ts';
import type { Schema } from './route.ts';

type Names<At extends string> = At extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

type Table = typeof ROUTES;

/** A request that may be answered: who asks, and what for, in the shape that its row of the table says. */
export interface Asked<Op extends Operation> {
  event: ApiEvent;
  caller: Caller;
  params: Readonly<Record<Names<Table[Op]['at']>, string>>;
  query: Table[Op] extends { query: Schema<infer Query> } ? z.output<Query> : undefined;
  body: Table[Op] extends { body: Schema<infer Body> } ? z.output<Body> : undefined;
  /** Of `{name}` in the path. */
  automation: 'name' extends Names<Table[Op]['at']> ? RegistryEntry : undefined;
}

/** The operations of a function that a token is for; what is none is answered here. */
type Answered<F extends HandlerName> = {
  [Op in Operation]: Table[Op] extends { fn: F; says: string } ? Op : never;
}[Operation];

/** One answer for each row of the function, and no other. */
export type Answers<F extends HandlerName> = {
  [Op in Answered<F>]: (asked: Asked<Op>) => Promise<Reply>;
};

/**
 * Answers by the row of the route: looks the automation up, admits the caller, reads query and body.
 * @throws Problem 400, 403, 404, 413
 */
export async function dispatch<F extends HandlerName>(
  fn: F,
  answers: Answers<F>,
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[] = [],
): Promise<Reply> {
  const route = routesOf(fn).find(({ at, says }) => says !== undefined && at === event.routeKey);
  if (!route) throw notFound(event, caller, registry);
  const params = event.pathParameters ?? {};
  const automation = route.at.includes('{name}') ? known(params.name, caller, registry) : undefined;
  admitTo(route, caller);
  const names = registry.map(({ name }) => name).filter((name) => caller.may(name));
  const query = route.query && readQuery(route.query(), event.queryStringParameters ?? {}, names);
  const body = route.body && readOptionalBody(event, route.body());
  const answer = answers[route.operation as Answered<F>] as (asked: unknown) => Promise<Reply>;
  return answer({ event, caller, params, query, body, automation });
}

function admitTo({ who, everywhere }: Route, caller: Caller): void {
  if (who === 'operator') admit(caller, 'operator');
  if (who === 'auditor') admit(caller, 'operator', 'auditor');
  if (everywhere) admitEverywhere(caller);
}

function known(name: string | undefined, caller: Caller, registry: readonly RegistryEntry[]): RegistryEntry {
  const entry = registry.find((candidate) => candidate.name === name);
  if (!entry) throw unknownAutomation(name ?? '', caller, registry);
  if (!caller.may(entry.name))
    throw new Problem(403, `this token may not use the automation '${entry.name}'`);
  return entry;
}

function notFound(event: ApiEvent, caller: Caller, registry: readonly RegistryEntry[]): Problem {
  const name = /^\/v1\/automations\/([^/]+)/.exec(event.rawPath)?.[1];
  if (name !== undefined && !registry.some((entry) => entry.name === name)) {
    return unknownAutomation(name, caller, registry);
  }
  return new Problem(
    404,
    `there is no ${event.requestContext.http.method} ${event.rawPath}: see ${ROUTES.description.at.slice(4)}`,
  );
}

function unknownAutomation(name: string, caller: Caller, registry: readonly RegistryEntry[]): Problem {
  const mine = registry.filter((entry) => caller.may(entry.name)).map((entry) => entry.name);
  return new Problem(
    404,
    `there is no automation '${cutText(name, 80)}'; there are: ${mine.join(', ') || 'none'}`,
  );
}
