import { invoke } from '../../kit/signed/invoke.ts';
import { logger } from '../../kit/telemetry.ts';
import type { DeskContext } from '../context.ts';
import type { Person } from '../sign-in/identity.ts';

/*
 * An operator's command is carried out where the API's are: by the same function, from the same request, with the same entry in the audit
 * (ADR 0092). The console says who pressed, as the authorizer says whose token it is.
 */

/** A row of the API's table, and what stands in its path. */
export interface Command {
  at: `${'GET' | 'POST' | 'DELETE'} /v1/${string}`;
  params: Readonly<Record<string, string>>;
  body: Readonly<Record<string, unknown>>;
}

export type Pressed = { done: Readonly<Record<string, unknown>> } | { fault: string };

/** A resume and a dry run take up to fifteen seconds, and API Gateway gives the page up after thirty. */
const PATIENCE_MS = 25_000;
/** The answer to a withdrawal is the whole item. */
const MOST_ANSWER_BYTES = 6_000_000;

export const UNKNOWN = 'Nobody knows whether this was done. Look at what it is about before you press again.';

export async function press(
  { env }: Pick<DeskContext, 'env'>,
  { email }: Pick<Person, 'email'>,
  { at, params, body }: Command,
): Promise<Pressed> {
  const [method = '', path = ''] = at.split(' ');
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const event = {
    ...{ routeKey: at, rawPath, pathParameters: params, headers: {} },
    ...{ body: JSON.stringify(body), isBase64Encoded: false },
    requestContext: {
      http: { method },
      authorizer: { lambda: { client: email, automations: '*', role: 'operator' } },
    },
  };
  const { COMMANDS_FUNCTION } = env;
  const called = await invoke(COMMANDS_FUNCTION, event, PATIENCE_MS, MOST_ANSWER_BYTES);
  logger.info('pressed', { route: at, outcome: called.outcome });
  if (called.outcome === 'answered') return answerOf(called.answer);
  if (called.outcome === 'unknown') return { fault: UNKNOWN };
  return { fault: 'Nothing was done: too much is going on. Please try again in a minute.' };
}

interface Problem {
  detail?: string;
  errors?: { pointer: string; message: string }[];
}

function answerOf(answer: unknown): Pressed {
  const { statusCode = 500, body = '' } = answer as { statusCode?: number; body?: string };
  if (statusCode < 300) return { done: JSON.parse(body) as Record<string, unknown> };
  if (statusCode >= 500 && statusCode !== 503) return { fault: UNKNOWN };
  const { detail = '', errors = [] } = JSON.parse(body) as Problem;
  const wrong = errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`);
  return { fault: `Nothing was done: ${wrong.join('; ') || detail}.` };
}
