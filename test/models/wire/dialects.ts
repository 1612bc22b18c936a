/* Model servers as their documentation and their public error reports show them: what they take, and how they refuse. */

export interface Said {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface Dialect {
  name: string;
  /** The header that brings the key, with the right one in it; undefined where none is looked at. */
  key: readonly [header: string, value: string] | undefined;
  /** What it does with fields that it does not know. */
  unknown: 'ignores' | ((fields: readonly string[]) => Said);
  fields: readonly string[];
  /** Around the answer's text. */
  says(text: string): object;
  wrongKey: Said;
  noModel(model: string): Said;
  busy: Said;
  /** How long it says that it is busy; undefined where it does not. */
  busyMs?: number;
  tooLong: Said | 'cuts it silently';
}

const COMMON = ['model', 'messages', 'stream', 'response_format', 'max_tokens', 'temperature'];
const EVERY = [...COMMON, 'max_completion_tokens', 'logprobs', 'top_logprobs'];
const COUNT = { prompt_tokens: 40, completion_tokens: 8, total_tokens: 48 };

const completion = (text: string, more: object = {}, message: object = {}, choice: object = {}) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_795_000_000, model: 'served' },
  choices: [
    { index: 0, message: { role: 'assistant', content: text, ...message }, finish_reason: 'stop', ...choice },
  ],
  usage: COUNT,
  ...more,
});

const error = (status: number, body: object, headers?: Record<string, string>): Said => ({
  status,
  body: { error: body },
  ...(headers ? { headers } : {}),
});

const openai: Dialect = {
  name: 'openai',
  key: ['authorization', 'Bearer key-1'],
  fields: EVERY.filter((field) => !/max_tokens|logprobs|temperature/.test(field)),
  unknown: ([field = '']) =>
    error(400, {
      message: `Unsupported parameter: '${field}' is not supported with this model.`,
      ...{ type: 'invalid_request_error', param: field, code: 'unsupported_parameter' },
    }),
  says: (text) =>
    completion(
      text,
      { usage: { ...COUNT, prompt_tokens_details: { cached_tokens: 0 } }, service_tier: 'default' },
      { refusal: null, annotations: [] },
    ),
  wrongKey: error(401, {
    message: 'Incorrect API key provided: key-2. You can find your API key on the platform page.',
    ...{ type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
  }),
  noModel: (model) =>
    error(404, {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      ...{ type: 'invalid_request_error', param: null, code: 'model_not_found' },
    }),
  busy: error(
    429,
    {
      message: 'Rate limit reached for requests per min. Please try again in 6s.',
      ...{ type: 'requests', param: null, code: 'rate_limit_exceeded' },
    },
    { 'retry-after': '6', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' },
  ),
  busyMs: 6000,
  tooLong: error(400, {
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    ...{ type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  }),
};

const azure: Dialect = {
  ...openai,
  name: 'azure',
  key: ['api-key', 'key-1'],
  says: (text) =>
    completion(
      text,
      { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
      { refusal: null },
      { content_filter_results: { hate: { filtered: false, severity: 'safe' } }, logprobs: null },
    ),
  wrongKey: error(401, {
    code: '401',
    message:
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.',
  }),
  noModel: () =>
    error(404, {
      code: 'DeploymentNotFound',
      message: 'The API deployment for this resource does not exist.',
    }),
  busy: error(
    429,
    {
      code: 'RateLimitReached',
      message: 'You have exceeded the call rate limit. Please retry after 20 seconds.',
    },
    { 'retry-after': '20', 'retry-after-ms': '19500', 'x-ratelimit-remaining-tokens': '-1' },
  ),
  busyMs: 19_500,
};

const bedrock: Dialect = {
  ...openai,
  name: 'bedrock',
  fields: EVERY.filter((field) => !/logprobs/.test(field)),
  unknown: ([field = '']) =>
    error(400, {
      ...{ code: 'validation_error', param: field, type: 'invalid_request_error' },
      message: `${field} is not supported for this model`,
    }),
  says: (text) => completion(`<reasoning>The schema wants {"label":"other"}.</reasoning>${text}`),
  wrongKey: error(401, {
    ...{
      code: 'invalid_api_key',
      message: 'Invalid bearer token',
      param: null,
      type: 'authentication_error',
    },
  }),
  noModel: () =>
    error(400, {
      ...{ code: 'validation_error', param: null, type: 'invalid_request_error' },
      message: 'The provided model identifier is invalid.',
    }),
  busy: {
    status: 429,
    body: { message: 'Too many requests, please wait before trying again.' },
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
  },
  tooLong: { status: 400, body: { message: 'Input is too long for requested model.' } },
};
delete (bedrock as { busyMs?: number }).busyMs;

const ollama: Dialect = {
  name: 'ollama',
  key: undefined,
  fields: COMMON,
  unknown: 'ignores',
  says: (text) =>
    completion(text, { system_fingerprint: 'fp_ollama' }, { reasoning: 'It is {"label":"other"}?' }),
  wrongKey: error(401, { message: 'unauthorized', type: 'api_error', param: null, code: null }),
  noModel: (model) =>
    error(404, { message: `model '${model}' not found`, type: 'not_found_error', param: null, code: null }),
  busy: error(503, {
    message: 'server busy, please try again. maximum pending requests exceeded',
    ...{ type: 'api_error', param: null, code: null },
  }),
  tooLong: 'cuts it silently',
};

const vllm: Dialect = {
  name: 'vllm',
  key: ['authorization', 'Bearer key-1'],
  fields: EVERY,
  unknown: 'ignores',
  says: (text) =>
    completion(
      text,
      { prompt_logprobs: null, kv_transfer_params: null },
      { refusal: null, reasoning_content: null, tool_calls: [] },
      { stop_reason: null, logprobs: null },
    ),
  wrongKey: { status: 401, body: { error: 'Unauthorized' } },
  noModel: (model) =>
    error(404, {
      message: `The model \`${model}\` does not exist.`,
      ...{ type: 'NotFoundError', param: 'model', code: 404 },
    }),
  busy: error(503, {
    message: 'Service Unavailable',
    type: 'ServiceUnavailableError',
    param: null,
    code: 503,
  }),
  tooLong: error(400, {
    message:
      "'max_tokens' or 'max_completion_tokens' is too large: 1200. This model's maximum context length is 32768 tokens and your request has 40000 input tokens.",
    ...{ type: 'BadRequestError', param: 'max_completion_tokens', code: 400 },
  }),
};

const mistral: Dialect = {
  name: 'mistral',
  key: ['authorization', 'Bearer key-1'],
  fields: COMMON,
  unknown: (fields) => ({
    status: 422,
    body: {
      object: 'error',
      message: {
        detail: fields.map((field) => ({
          ...{
            type: 'extra_forbidden',
            loc: ['body', field],
            msg: 'Extra inputs are not permitted',
            input: 1,
          },
        })),
      },
      ...{ type: 'invalid_request_error', param: null, code: null },
    },
  }),
  says: (text) => completion(text, {}, { tool_calls: null }),
  wrongKey: { status: 401, body: { detail: 'Unauthorized' } },
  noModel: (model) => ({
    status: 400,
    body: {
      ...{ object: 'error', message: `Invalid model: ${model}`, type: 'invalid_model', param: null },
      ...{ code: '1500', raw_status_code: 400 },
    },
  }),
  busy: {
    status: 429,
    body: {
      ...{ object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', param: null },
      ...{ code: '1300', raw_status_code: 429 },
    },
    headers: { 'x-ratelimit-limit-req-minute': '60', 'x-ratelimit-remaining-req-minute': '0' },
  },
  tooLong: {
    status: 400,
    body: {
      message: 'Prompt contains 300000 tokens, too large for model with 131072 maximum context length',
      ...{ object: 'error', type: 'invalid_request_prompt', param: null, code: '3051', raw_status_code: 400 },
    },
  },
};

const google = (code: number, status: string, message: string, details: object[] = []): Said => ({
  status: code,
  body: [{ error: { code, message, status, details } }],
});
const RPC = 'type.googleapis.com/google.rpc';

const gemini: Dialect = {
  name: 'gemini',
  key: ['authorization', 'Bearer key-1'],
  fields: [...COMMON, 'max_completion_tokens'],
  unknown: (fields) =>
    google(
      400,
      'INVALID_ARGUMENT',
      fields
        .map((field) => `Invalid JSON payload received. Unknown name "${field}": Cannot find field.`)
        .join('\n'),
      [{ '@type': `${RPC}.BadRequest`, fieldViolations: fields.map((field) => ({ field })) }],
    ),
  says: (text) => completion(text, { extra_content: { google: {} } }),
  wrongKey: google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    { '@type': `${RPC}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
  ]),
  noModel: (model) =>
    google(
      404,
      'NOT_FOUND',
      `models/${model} is not found for API version v1main, or is not supported for generateContent.`,
    ),
  busy: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan.', [
    { '@type': `${RPC}.RetryInfo`, retryDelay: '34s' },
  ]),
  busyMs: 34_000,
  tooLong: google(
    400,
    'INVALID_ARGUMENT',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  ),
};

export const DIALECTS: readonly Dialect[] = [openai, azure, bedrock, ollama, vllm, mistral, gemini];
