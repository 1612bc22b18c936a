import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './brain.ts';
import { isObject } from './brain-schema.ts';
import { type OfferedTool, type WantedCall, wantedCalls } from './brain-tools.ts';
import { EMBEDDINGS_MODEL, embeddingsIn, vectorOf } from './embeddings.ts';
import { PICTURE_TOKENS, pictureIn, seenOn } from './eyes.ts';
import { FaultSwitch } from './http.ts';
import type { Known } from './knowledge.ts';

/** It stands for a model of each tier: one brain under several names. Vectors are made by a rule. */
const CHAT_NAMES = ['signalbox-sandbox', 'signalbox-sandbox-large'] as const;
const MODEL_NAMES = [...CHAT_NAMES, EMBEDDINGS_MODEL] as const;
export const MODES = [
  ...(['ok', 'down', 'slow', '429', 'garbage', 'obey-injection'] as const),
  ...(['401', 'quota', '500', 'reset', 'limit', 'padded'] as const),
] as const;
const SLOW_SECONDS = 10;
const RETRY_AFTER_SECONDS = 2;
const LIMIT_PER_SECOND = 10;
/** A rule of thumb of the trade for English text. */
const CHARACTERS_PER_TOKEN = 4;

export interface ModelCall {
  at: string;
  model: string;
  step: string;
  /** Which of the texts that `POST /faults` names under `watch` the request held, by their place there. */
  held?: number[];
}
export interface ModelAnswer {
  status: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** The connection ends without a word. */
export const HANG_UP: ModelAnswer = { status: 0, body: undefined };

/**
 * The protocol of OpenAI chat completions around the brain, with the faults that model servers really have.
 */
export class SandboxModel {
  readonly faults = new FaultSwitch<(typeof MODES)[number]>(MODES, MODEL_NAMES);
  readonly calls: ModelCall[];
  readonly #knowledge: readonly Known[];
  readonly #record: (call: ModelCall) => void;
  #answers = 0;
  /** Times of the answers of the last second. */
  #second: number[] = [];

  constructor(knowledge: readonly Known[], earlier: ModelCall[], record: (call: ModelCall) => void) {
    this.#knowledge = knowledge;
    this.calls = earlier;
    this.#record = record;
  }

  list(): unknown {
    const data = MODEL_NAMES.map((id) => ({ id, object: 'model', created: 0, owned_by: 'signalbox' }));
    return { object: 'list', data };
  }

  /**
   * Every call that arrives is counted, also one that a fault then refuses: a breaker that holds calls back
   * must be visible.
   */
  async complete(body: unknown, signal: AbortSignal): Promise<ModelAnswer> {
    const request = parse(body);
    if (typeof request === 'string') return openAiError(400, 'invalid_request_error', request);
    const fault = this.#arrived(request, body);
    const failed = await this.#failed(fault, signal);
    if (failed) return failed;
    const seen = request.picture === undefined ? undefined : await seenOn(request.picture);
    if (request.picture !== undefined && seen === undefined)
      return openAiError(400, 'invalid_request_error', 'the picture must be a PNG in a data URL');
    const obedient = fault === 'obey-injection';
    const wanted = fault === 'garbage' ? [] : wantedCalls({ ...request, obedient });
    if (wanted.length > 0) return { status: 200, body: this.#completion(request, '', wanted) };
    const content =
      fault === 'garbage'
        ? 'Well, that is an interesting question. Let me think about it out loud, and not in JSON.'
        : answer({ ...request, seen, obedient }, this.#knowledge);
    // Small models in JSON mode are known for it: right, and then blanks up to the longest answer that is
    // paid.
    const blanks = Number.isFinite(request.mostTokens) ? request.mostTokens * CHARACTERS_PER_TOKEN : 0;
    const said = fault === 'padded' ? content.padEnd(blanks) : content;
    return { status: 200, body: this.#completion(request, said) };
  }

  /** One vector for each text. Its calls are counted as those of the step `embeddings`. */
  async embed(body: unknown, signal: AbortSignal): Promise<ModelAnswer> {
    const request = embeddingsIn(body);
    if (typeof request === 'string') return openAiError(400, 'invalid_request_error', request);
    const { texts, dimensions } = request;
    const fault = this.#arrived({ model: request.model, step: 'embeddings' }, body);
    const failed = await this.#failed(fault, signal);
    if (failed) return failed;
    const used = texts.reduce((sum, text) => sum + tokens(text), 0);
    const data = texts.map((text, index) => ({
      ...{ object: 'embedding', index },
      embedding: fault === 'garbage' ? [] : vectorOf(text, dimensions),
    }));
    const usage = { prompt_tokens: used, total_tokens: used };
    return { status: 200, body: { object: 'list', data, model: EMBEDDINGS_MODEL, usage } };
  }

  /** Counts the call, and says what fault it meets. */
  #arrived({ model, step }: Pick<ModelCall, 'model' | 'step'>, body: unknown): (typeof MODES)[number] {
    const watched = this.faults.texts('watch');
    const sent = watched.length > 0 ? JSON.stringify(body) : '';
    const held = watched.flatMap((text, at) => (sent.includes(text) ? [at] : []));
    const call: ModelCall = {
      ...{ at: new Date().toISOString(), model, step },
      ...(watched.length > 0 ? { held } : {}),
    };
    this.calls.push(call);
    this.#record(call);
    return this.faults.concerns(model) ? this.faults.mode : 'ok';
  }

  async #failed(fault: (typeof MODES)[number], signal: AbortSignal): Promise<ModelAnswer | undefined> {
    if (fault === 'reset') return HANG_UP;
    if (fault === 'slow')
      await sleep(this.faults.setting('delaySeconds', SLOW_SECONDS) * 1000, undefined, { signal });
    return this.#refusal(fault);
  }

  #refusal(fault: (typeof MODES)[number]): ModelAnswer | undefined {
    switch (fault) {
      case 'down':
        return openAiError(503, 'server_error', 'sandbox fault: the model server is down');
      case '500':
        return openAiError(500, 'server_error', 'sandbox fault: the model server failed');
      case '401':
        return openAiError(401, 'invalid_api_key', 'sandbox fault: the key is refused');
      case 'quota':
        return openAiError(429, 'insufficient_quota', 'sandbox fault: the quota is used up');
      case '429':
        return this.#busy(this.faults.setting('retryAfterSeconds', RETRY_AFTER_SECONDS));
      case 'limit':
        return this.#beyondLimit() ? this.#busy(1) : undefined;
      default:
        return undefined;
    }
  }

  #busy(seconds: number): ModelAnswer {
    const headers = { 'retry-after': String(seconds) };
    return openAiError(429, 'rate_limit_exceeded', 'sandbox fault: rate limit reached', headers);
  }

  /** Whether the last second is full; else it counts this answer too. */
  #beyondLimit(): boolean {
    const now = Date.now();
    this.#second = this.#second.filter((at) => at > now - 1000);
    if (this.#second.length >= this.faults.setting('perSecond', LIMIT_PER_SECOND)) return true;
    this.#second.push(now);
    return false;
  }

  #completion(request: Request, whole: string, calls: readonly WantedCall[] = []): unknown {
    const wanted = tokens(whole + (calls.length > 0 ? JSON.stringify(calls) : ''));
    const cut = calls.length === 0 && wanted > request.mostTokens;
    const content = cut ? whole.slice(0, request.mostTokens * CHARACTERS_PER_TOKEN) : whole;
    const completionTokens = Math.min(wanted, request.mostTokens);
    const promptTokens = tokens(request.prompt) + (request.picture === undefined ? 0 : PICTURE_TOKENS);
    this.#answers += 1;
    return {
      id: `chatcmpl-sandbox-${String(this.#answers).padStart(6, '0')}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      // Under a foreign name too it is the sandbox that answers, and says so.
      model: CHAT_NAMES.find((name) => name === request.model) ?? CHAT_NAMES[0],
      system_fingerprint: 'sandbox',
      choices: [
        {
          index: 0,
          message: {
            ...{ role: 'assistant', content: calls.length > 0 ? null : content, refusal: null },
            ...(calls.length > 0 ? { tool_calls: calls.map(toolCall) } : {}),
          },
          logprobs: null,
          finish_reason: calls.length > 0 ? 'tool_calls' : cut ? 'length' : 'stop',
        },
      ],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    };
  }
}

interface Request {
  model: string;
  step: string;
  schema: unknown;
  input: unknown;
  repaired: boolean;
  prompt: string;
  /** As it was sent: a data URL, or what its sender takes for one. */
  picture: string | undefined;
  mostTokens: number;
  /** What it may look up, what it has looked up, and what it was told. */
  tools: readonly OfferedTool[];
  called: readonly string[];
  told: string;
}

function toolCall({ name, arguments: given }: WantedCall, at: number) {
  return { id: `call_${at + 1}`, type: 'function', function: { name, arguments: JSON.stringify(given) } };
}

/** The request, or what is wrong with it. */
function parse(body: unknown): Request | string {
  if (!isObject(body)) return 'the body must be a JSON object';
  if (typeof body.model !== 'string' || body.model === '') return `you must provide 'model'`;
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return `'messages' must be a list of at least one message`;
  if (body.stream === true) return 'the sandbox model does not stream';
  const messages = body.messages.map((message: unknown) => ({
    role: isObject(message) ? message.role : undefined,
    content: isObject(message) ? textOf(message.content) : '',
    picture: isObject(message) ? pictureIn(message.content) : undefined,
  }));
  const format = isObject(body.response_format) ? body.response_format.json_schema : undefined;
  // Beside tools the schema stands in the instructions, under the name of its step.
  const instructed = isObject(format) ? undefined : schemaIn(messages[0]?.content ?? '');
  const described = isObject(format) ? format : { name: instructed?.title, schema: instructed };
  const own = body.messages.filter(isObject);
  const most = body.max_completion_tokens ?? body.max_tokens;
  return {
    model: body.model,
    step: typeof described.name === 'string' ? described.name : 'unnamed',
    schema: described.schema,
    input: parsed(messages.find(({ role }) => role === 'user')?.content ?? ''),
    // Whoever calls tools has not slipped.
    repaired: own.some(({ role, tool_calls: calls }) => role === 'assistant' && calls === undefined),
    prompt: messages.map(({ content }) => content).join('\n') + JSON.stringify(described.schema ?? ''),
    picture: messages.find(({ picture }) => picture !== undefined)?.picture,
    mostTokens: typeof most === 'number' && most > 0 ? most : Number.POSITIVE_INFINITY,
    tools: listOf(body.tools).flatMap(offeredTool),
    called: own
      .flatMap(({ tool_calls: calls }) => listOf(calls).flatMap(offeredTool))
      .map(({ name }) => name),
    told: own
      .flatMap(({ role, content }) =>
        role === 'tool' || textOf(content).includes('"lookedUp":') ? [textOf(content)] : [],
      )
      .join('\n'),
  };
}

/** The JSON Schema that ends a system message. */
function schemaIn(content: string): Record<string, unknown> | undefined {
  const said = parsed(/\n(\{.*\})$/.exec(content)?.[1] ?? '');
  return isObject(said) && isObject(said.properties) ? said : undefined;
}

function listOf(said: unknown): unknown[] {
  return Array.isArray(said) ? said : [];
}

/** Of an offer, or of a call: both name a function. */
function offeredTool(said: unknown): OfferedTool[] {
  const tool = isObject(said) && isObject(said.function) ? said.function : {};
  return typeof tool.name === 'string' ? [{ name: tool.name, schema: tool.parameters }] : [];
}

/** Content is a string, or a list of parts of which only the text matters here. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return { text: content };
  }
}

function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function openAiError(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ModelAnswer {
  return { status, headers, body: { error: { message, type, param: null, code: type } } };
}
