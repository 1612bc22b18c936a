import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import * as z from 'zod/v4/core';
import type { ModelRequest } from '../../shared/automation.ts';
import { InputError, ProcessingError, SystemError, TransientError } from '../../shared/errors.ts';
import { readSecret } from '../../shared/secrets.ts';

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

/**
 * One structured answer, repaired at most once. `spent` counts the tokens of every call, also of those that failed.
 * @throws ProcessingError when no usable answer came; TransientError, SystemError, InputError by what the endpoint said.
 */
export async function ask<T>(
  endpoint: Endpoint,
  name: string,
  request: ModelRequest<T>,
  spent: Spent,
): Promise<T> {
  const { apiKey } = await readSecret<{ apiKey: string }>(endpoint.secretId);
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
  const first = await complete(client, endpoint, name, request.schema, messages, spent);
  const parsed = parse(request.schema, first);
  if (parsed.ok) return parsed.value;
  messages.push(
    { role: 'assistant', content: first },
    { role: 'user', content: `Your answer did not fit the schema: ${parsed.fault}. Answer again with JSON that fits it.` },
  );
  const repaired = parse(request.schema, await complete(client, endpoint, name, request.schema, messages, spent));
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
  const completion = await client.chat.completions
    .create({
      model: endpoint.model.name,
      messages,
      max_completion_tokens: endpoint.model.maxOutputTokens,
      response_format: {
        type: 'json_schema',
        json_schema: { name, strict: true, schema: z.toJSONSchema(schema) as Record<string, unknown> },
      },
    })
    .catch((error: unknown) => {
      throw classify(error, endpoint.name);
    });
  spent.inputTokens += completion.usage?.prompt_tokens ?? 0;
  spent.outputTokens += completion.usage?.completion_tokens ?? 0;
  const choice = completion.choices[0];
  if (choice?.message.refusal) throw new ProcessingError(`the model refused the step '${name}'`);
  if (choice?.finish_reason === 'content_filter') throw new ProcessingError(`a content filter stopped the step '${name}'`);
  if (choice?.finish_reason === 'length') throw new ProcessingError(`the model's answer to '${name}' was cut off`);
  return choice?.message.content ?? '';
}

function parse<T>(schema: z.$ZodType<T>, text: string): { ok: true; value: T } | { ok: false; fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'it is not a JSON document' };
  }
  const parsed = z.safeParse(schema, json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, fault: parsed.error.issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`).join('; ') };
}

/* By what is to happen next. An exhausted quota also comes as 429, but waiting does not fill it. */
function classify(error: unknown, endpoint: string): Error {
  if (!(error instanceof APIError)) return error instanceof Error ? error : new Error(String(error));
  const what = `endpoint '${endpoint}'`;
  if (error instanceof APIConnectionError) return new TransientError(`${what}: no answer`, { cause: error });
  const status = error.status ?? 0;
  if (error.code === 'insufficient_quota') return new SystemError(`${what}: its quota is used up`, { cause: error });
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const retryAfterSeconds = Number(error.headers?.get('retry-after')) || undefined;
    return new TransientError(`${what}: answered ${status}`, { cause: error, retryAfterSeconds });
  }
  if (error.code === 'context_length_exceeded') return new InputError('the item is too long for the model', { cause: error });
  return new SystemError(`${what}: refused the request with ${status} (key, model name or schema)`, { cause: error });
}
