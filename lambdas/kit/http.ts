import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { type ClientLimits, MAX_WAIT_SECONDS, readLimits } from '../contract/client-limits.ts';
import { where } from './errors.ts';
import { logger } from './telemetry.ts';
import { cutText } from './text.ts';

export type ApiEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Partial<CallerContext> | null>;
export type Reply = APIGatewayProxyStructuredResultV2;

/** What the authorizer says of the caller; its context carries flat strings only. */
export interface CallerContext {
  client: string;
  /** Comma-separated names, or `*`. */
  automations: string;
  role: string;
  /** `perSecond burst perDay`. */
  limits: string;
  /** `yes` where its entry has a key to sign callbacks with. */
  callbacks: string;
}

export interface Caller {
  name: string;
  /** Sees every client's items; a plain client sees its own. */
  operator: boolean;
  /** Reads the audit and its statistics, and no more of others than that. */
  auditor: boolean;
  may(automation: string): boolean;
  /** Its token names all automations at once, those to come as well. */
  everywhere: boolean;
  limits: ClientLimits;
  /** It can be called back: there is a key to sign with. */
  callbacks: boolean;
}

/** An answer that is not the one asked for; becomes `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    detail: string,
    extra: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.status = status;
    this.extra = extra;
    this.headers = headers;
  }
}

const TITLES: Record<number, string> = {
  400: 'The request is not valid',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
};

/**
 * The one door of every API function. The authorizer names the caller and this door refuses who has no name, so that a
 * denial is a problem document with the right status (an HTTP API cannot shape its own denials; see ADR 0007).
 */
export function apiHandler(
  run: (event: ApiEvent, caller: Caller) => Promise<Reply>,
  about: Record<string, string> = {},
) {
  return openHandler(async (event, tell) => {
    const caller = callerOf(event);
    tell({ client: caller.name });
    return run(event, caller);
  }, about);
}

/**
 * The door of a route that no token opens: `run` finds out who calls. @param run `tell` takes facts for the line of the log
 */
export function openHandler(
  run: (event: ApiEvent, tell: (facts: Record<string, string>) => void) => Promise<Reply>,
  about: Record<string, string> = {},
) {
  return async (event: ApiEvent): Promise<Reply> => {
    const facts: Record<string, string> = {};
    try {
      const reply = await run(event, (more) => Object.assign(facts, more));
      const { routeKey: route } = event;
      logger.info('answered', { ...facts, route, status: reply.statusCode ?? 200, ...about });
      return reply;
    } catch (error) {
      if (error instanceof Problem) return problemReply(error, event.rawPath);
      const reason = error instanceof Error ? error.name : 'unknown';
      logger.error('request failed', { path: event.routeKey, reason, at: where(error) });
      return problemReply(
        new Problem(500, 'the request could not be handled; try again later'),
        event.rawPath,
      );
    }
  };
}

function callerOf(event: ApiEvent): Caller {
  const context = event.requestContext.authorizer?.lambda;
  if (!context?.client || !context.automations) {
    throw new Problem(
      401,
      "the 'Authorization: Bearer <client token>' header is missing or its token is not known",
      {},
      {
        'www-authenticate': 'Bearer',
      },
    );
  }
  const automations = context.automations.split(',');
  return {
    name: context.client,
    operator: context.role === 'operator',
    auditor: context.role === 'auditor',
    everywhere: automations.includes('*'),
    limits: readLimits(context.limits),
    callbacks: context.callbacks === 'yes',
    may: (automation) => automations.includes('*') || automations.includes(automation),
  };
}

/** @throws Problem 403 for everyone who has none of the roles */
export function admit(caller: Caller, ...roles: ('operator' | 'auditor')[]): void {
  if (roles.some((role) => caller[role])) return;
  throw new Problem(403, `this needs a token with the role ${roles.join(' or ')}`);
}

/** For what all automations share. @throws Problem 403 for a token that is for some of them only */
export function admitEverywhere(caller: Caller): void {
  if (caller.everywhere) return;
  throw new Problem(
    403,
    'all automations share this: it needs a token for all of them ("automations": ["*"])',
  );
}

export function wrongQuery(errors: { pointer: string; message: string }[]): Problem {
  return new Problem(400, 'the query is not valid', { errors });
}

export function unknownParameter(name: string): { pointer: string; message: string } {
  return { pointer: `/${name}`, message: 'unknown parameter: remove it' };
}

export function problemReply(problem: Problem, instance: string): Reply {
  const body = {
    type: 'about:blank',
    title: TITLES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    instance,
    ...problem.extra,
  };
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
    body: JSON.stringify(body),
  };
}

export function json(statusCode: number, body: unknown): Reply {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** A function answers with 6 MB at most, its body as a JSON string; this leaves room for the rest. */
export const MOST_REPLY_BYTES = 5_000_000;

/** The bytes that a value takes of a reply, where its quotes are escaped. */
export function replyBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

/** Seconds of a `wait` parameter; `bounded` cuts too long ones. @throws Problem 400 naming `field` */
export function waitSeconds(field: string, text: string | undefined, more?: 'bounded'): number {
  if (text === undefined) return 0;
  const given = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const seconds = more ? Math.min(given, MAX_WAIT_SECONDS) : given;
  if (seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new Problem(
    400,
    `'${field}' must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}, got '${cutText(text, 40)}'`,
  );
}
