import * as z from 'zod/mini';
import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { PRIORITIES } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { Problem } from '../../kit/http.ts';
import { fitting } from '../../kit/request-body.ts';
import { type Api, callApi } from './api-call.ts';
import { failure, item, success, type ToolResult } from './result.ts';
import { GET_ITEM, ID_PATTERN, UPLOAD_DOCUMENT } from './tools.ts';

/** A call of a tool, as the protocol brings it. */
export interface ToolCall {
  name: string;
  given: Readonly<Record<string, unknown>>;
  /** What the calling program, not its model, says beside the arguments. */
  meta: Readonly<Record<string, unknown>>;
}

/** Most items are at rest by then; whoever waits for a person is not waited for. */
const WAIT_SECONDS = 10;

const seconds = z.int().check(z.minimum(0), z.maximum(MAX_WAIT_SECONDS));
const printable = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,2000}$/, 'must be printable ASCII without spaces'));

/** Options of a post, in `_meta`: arguments are the body's alone. */
const options = z.strictObject({
  'signalbox/idempotencyKey': z.optional(printable),
  'signalbox/priority': z.optional(z.enum(PRIORITIES)),
  'signalbox/callbackUrl': z.optional(printable),
  'signalbox/wait': z.optional(seconds),
});

const itemArguments = z.strictObject({
  id: z.string().check(z.regex(new RegExp(ID_PATTERN), "must be an item's id, as a tool gave it")),
  wait: z.optional(seconds),
});

const uploadArguments = z.strictObject({
  automation: z.string(),
  name: z.string(),
  contentType: z.string(),
  bytes: z.int(),
});

/**
 * Calls a tool that the caller has.
 * @param mine the automations of the caller's token
 * @throws Problem for arguments that do not fit, and without an answer
 */
export async function callTool(
  asked: ToolCall,
  mine: readonly RegistryEntry[],
  api: Api,
): Promise<ToolResult> {
  if (asked.name === GET_ITEM) return readItem(asked, api);
  if (asked.name === UPLOAD_DOCUMENT) return announce(asked, mine, api);
  return post(asked, api);
}

async function post({ name, given, meta }: ToolCall, api: Api): Promise<ToolResult> {
  const own = Object.entries(meta).filter(([key]) => key.startsWith('signalbox/'));
  const told = checked(options, Object.fromEntries(own), '_meta');
  const headers = {
    prefer: `wait=${told['signalbox/wait'] ?? WAIT_SECONDS}`,
    ...header('idempotency-key', told['signalbox/idempotencyKey']),
    ...header('signalbox-priority', told['signalbox/priority']),
    ...header('signalbox-callback-url', told['signalbox/callbackUrl']),
  };
  return item(await callApi(api, `/v1/automations/${name}/items`, { body: given, headers }));
}

const header = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

async function readItem({ given }: ToolCall, api: Api): Promise<ToolResult> {
  const { id, wait = 0 } = checked(itemArguments, given, 'arguments');
  return item(await callApi(api, `/v1/items/${id}?wait=${wait}`));
}

async function announce({ given }: ToolCall, mine: readonly RegistryEntry[], api: Api): Promise<ToolResult> {
  const { automation, ...body } = checked(uploadArguments, given, 'arguments');
  const taking = mine.filter(({ documents }) => documents).map(({ name }) => name);
  if (!taking.includes(automation)) {
    const message = `must be one of ${taking.join(', ')}`;
    throw new Problem(400, wrong('arguments'), { errors: [{ pointer: '/automation', message }] });
  }
  const answer = await callApi(api, `/v1/automations/${automation}/uploads`, { body });
  return answer.status < 300 ? success(answer.body) : failure({ ...answer.body, status: answer.status });
}

const wrong = (part: string) => `'${part}' of the call does not fit`;

/** @throws Problem 400 that names each field */
function checked<T>(schema: z.ZodMiniType<T>, given: unknown, part: 'arguments' | '_meta'): T {
  try {
    return fitting(schema, given);
  } catch (error) {
    throw error instanceof Problem ? new Problem(error.status, wrong(part), error.extra) : error;
  }
}
