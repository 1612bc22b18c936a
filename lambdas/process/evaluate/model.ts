import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import * as z from 'zod/v4/core';
import en from 'zod/v4/locales/en.js';
import type { ModelRequest } from '../../shared/automation.ts';
import { InputError, ProcessingError, SystemError, TransientError } from '../../shared/errors.ts';
import { readSecret } from '../../shared/secrets.ts';
import { traced } from '../../shared/trace.ts';

// Without words for its faults, a repair would only hear "Invalid input".
z.config(en());

/**
 * A bound on the dear side, without a tokenizer: prose takes about four bytes of UTF-8 each, digits and punctuation fewer, and
 * scripts that take a token or more for a character have three bytes for it.
 */
export function tokensIn(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 2.5);
}

/** The model server as `lib/` hands it over in the `ENDPOINT` variable. */
export interface Endpoint {
  name: string;
  baseUrl: string;
  secretId: string;
  timeoutSeconds: number;
  model: { name: string; inputUsdPerMillion: number; outputUsdPerMillion: number; maxOutputTokens: number };
}

/** Tokens spent up to a failure: they are paid for all the same. */
export interface Spent {
  inputTokens: number;
  outputTokens: number;
}

/** A request with what people said of the answer before it, if they did. */
export interface Asked<T> extends ModelRequest<T> {
  feedback?: string | undefined;
}

/**
 * One structured answer, repaired at most once. `spent` counts the tokens of every call, also of those that failed.
 * @throws ProcessingError when no usable answer came; TransientError, SystemError, InputError by what the endpoint said.
 */
export async function ask<T>(endpoint: Endpoint, name: string, request: Asked<T>, spent: Spent): Promise<T> {
  const { apiKey } = await readSecret<{ apiKey: string }>(endpoint.secretId);
  if (!apiKey)
    throw new SystemError(`secret '${endpoint.secretId}' has no "apiKey": fill it as the README says`);
  // Retries are ours alone: one budget of attempts per item, in the queue, instead of one per layer.
  const client = new OpenAI({
    apiKey,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    timeout: endpoint.timeoutSeconds * 1000,
    logLevel: 'off',
  });
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: request.prompt.text },
    { role: 'user', content: JSON.stringify(request.input) },
  ];
  if (request.feedback) messages.push({ role: 'user', content: request.feedback });
  const first = await complete(client, endpoint, name, request.schema, messages, spent);
  const parsed = parse(request.schema, first);
  if (parsed.ok) return parsed.value;
  messages.push(
    { role: 'assistant', content: first },
    {
      role: 'user',
      content: `Your answer did not fit the schema: ${parsed.fault}. Answer again with JSON that fits it.`,
    },
  );
  const repaired = parse(
    request.schema,
    await complete(client, endpoint, name, request.schema, messages, spent),
  );
  if (repaired.ok) return repaired.value;
  throw new ProcessingError(`the model's answer to '${name}' does not fit its schema, also after a repair`);
}

async function complete(
  client: OpenAI,
  endpoint: Endpoint,
  name: string,
  schema: z.$ZodType,
  messages: ChatCompletionMessageParam[],
  spent: Spent,
): Promise<string> {
  const { name: model, maxOutputTokens } = endpoint.model;
  const json_schema = { name, strict: true, schema: wireSchema(schema) };
  const completion = await traced(`model ${name}`, { step: name, endpoint: endpoint.name, model }, () =>
    client.chat.completions
      .create({
        model,
        messages,
        max_completion_tokens: maxOutputTokens,
        response_format: { type: 'json_schema', json_schema },
      })
      .catch((error: unknown) => {
        throw classify(error, endpoint.name);
      }),
  );
  if (!Array.isArray(completion.choices))
    throw new TransientError(`endpoint '${endpoint.name}': its answer is no completion`);
  const choice = completion.choices[0];
  // A server that does not count is not free: without a count the budget would never be spent.
  spent.inputTokens += completion.usage?.prompt_tokens ?? tokensIn(JSON.stringify(messages));
  spent.outputTokens += completion.usage?.completion_tokens ?? tokensIn(choice?.message.content ?? '');
  if (choice?.message.refusal) throw new ProcessingError(`the model refused the step '${name}'`);
  if (choice?.finish_reason === 'content_filter')
    throw new ProcessingError(`a content filter stopped the step '${name}'`);
  if (choice?.finish_reason === 'length')
    throw new ProcessingError(`the model's answer to '${name}' was cut off`);
  return choice?.message.content ?? '';
}

/*
 * Strict structured output takes the shape of an answer and refuses the request for a limit on a string, a number or a list.
 * Limits are ours to check, and a repair names the one that was broken.
 */
const LIMITS = [
  ...['minLength', 'maxLength', 'pattern', 'format', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'default'],
] as const;

function wireSchema(schema: z.$ZodType): Record<string, unknown> {
  const { $schema, ...shape } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      for (const limit of LIMITS) delete jsonSchema[limit];
    },
  });
  return shape;
}

function parse<T>(
  schema: z.$ZodType<T>,
  text: string,
): { ok: true; value: T } | { ok: false; fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'it is not a JSON document' };
  }
  const parsed = z.safeParse(schema, json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    fault: parsed.error.issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`).join('; '),
  };
}

/* By what is to happen next. An exhausted quota also comes as 429, but waiting does not fill it. */
function classify(error: unknown, endpoint: string): Error {
  const what = `endpoint '${endpoint}'`;
  if (!(error instanceof APIError))
    return new TransientError(`${what}: its answer broke off`, { cause: error });
  if (error instanceof APIConnectionError) return new TransientError(`${what}: no answer`, { cause: error });
  const status = error.status ?? 0;
  if (error.code === 'insufficient_quota')
    return new SystemError(`${what}: its quota is used up`, { cause: error });
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const retryAfterSeconds = Number(error.headers?.get('retry-after')) || undefined;
    return new TransientError(`${what}: answered ${status}`, { cause: error, retryAfterSeconds });
  }
  if (error.code === 'content_filter')
    return new ProcessingError(`${what}: a content filter refused the question`, { cause: error });
  if (error.code === 'context_length_exceeded')
    return new InputError('the item is too long for the model', { cause: error });
  return new SystemError(`${what}: refused the request with ${status} (key, model name or schema)`, {
    cause: error,
  });
}
