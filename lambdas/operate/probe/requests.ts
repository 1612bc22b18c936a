import type { Capability, ModelOffer } from '../../contract/endpoint.ts';
import { GREETING_TOKENS, greeting } from '../../models/wire/greeting.ts';
import { at } from '../../outbound/refusal.ts';
import { FIGURES, PROBE_PICTURE } from './picture.ts';

/** One capability, asked for with the smallest request that shows it. */
export interface ProbeRequest {
  capability: Capability;
  method: 'GET' | 'POST';
  path: string;
  body?: object;
  /** Token limit of the answer. */
  mostTokens: number;
  /** Whether a successful answer really has what was asked for; undefined if it leaves that open. */
  shows(answer: unknown): boolean | undefined;
}

/** Enough for a model that thinks before it answers in the given shape. */
const SHAPED = 256;
const DIMENSIONS = 256;

/** No model says this by chance: it exposes a server that ignores the schema. */
const SHAPE = {
  type: 'json_schema',
  json_schema: {
    name: 'probe',
    strict: true,
    schema: {
      type: 'object',
      properties: { signal: { type: 'string', enum: ['clear'] } },
      required: ['signal'],
      additionalProperties: false,
    },
  },
};

/** Nobody calls it unasked: a server without tools answers in words. */
const CALLING = {
  messages: [{ role: 'user', content: 'Call the tool "signal" with the state "clear". Say nothing.' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'signal',
        parameters: SHAPE.json_schema.schema,
      },
    },
  ],
  tool_choice: 'auto',
};

const PICTURED = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Which number is on the picture? Answer with its digits alone.' },
      { type: 'image_url', image_url: { url: PROBE_PICTURE, detail: 'high' } },
    ],
  },
];

/** What there is to ask about a model. Where the first request finds nothing, the others need not be sent. */
export function requestsAbout({ name, kind, vision }: ModelOffer): [ProbeRequest, ...ProbeRequest[]] {
  if (kind === 'embeddings') return [embedding(name, 'embeddings'), embedding(name, 'dimensions'), batch];
  return [
    chat(name, 'chat', GREETING_TOKENS, {}, (answer) => choiceOf(answer) !== undefined),
    chat(name, 'jsonSchema', SHAPED, { response_format: SHAPE }, isShaped),
    // A server may take the field and leave it empty.
    chat(name, 'logprobs', GREETING_TOKENS, { logprobs: true, top_logprobs: 1 }, (answer) => {
      const content = at(at(choiceOf(answer), 'logprobs'), 'content');
      return Array.isArray(content) && content.length > 0;
    }),
    {
      ...{ capability: 'responses', method: 'POST', path: '/responses', mostTokens: GREETING_TOKENS },
      body: { model: name, input: 'Say hello.', max_output_tokens: GREETING_TOKENS, store: false },
      shows: (answer) => Array.isArray(at(answer, 'output')),
    },
    chat(name, 'tools', SHAPED, CALLING, callsSignal),
    // Whoever does not look at it cannot know what is on it.
    ...(vision ? [chat(name, 'vision', SHAPED, { messages: PICTURED }, readsFigures)] : []),
    batch,
  ];
}

const batch: ProbeRequest = {
  ...{ capability: 'batch', method: 'GET', path: '/batches?limit=1', mostTokens: 0 },
  shows: (answer) => Array.isArray(at(answer, 'data')),
};

function chat(
  model: string,
  capability: Capability,
  mostTokens: number,
  more: object,
  shows: ProbeRequest['shows'],
): ProbeRequest {
  const { path, body } = greeting({ name: model, kind: 'chat' }, mostTokens);
  return { capability, method: 'POST', path, body: { ...body, ...more }, mostTokens, shows };
}

function embedding(model: string, capability: 'embeddings' | 'dimensions'): ProbeRequest {
  const { path, body } = greeting({ name: model, kind: 'embeddings' });
  const wanted = capability === 'dimensions' ? { dimensions: DIMENSIONS } : {};
  return {
    ...{ capability, method: 'POST', path, mostTokens: 0 },
    body: { ...body, ...wanted },
    shows: (answer) => {
      const vector = at(first(at(answer, 'data')), 'embedding');
      const length = Array.isArray(vector) ? vector.length : 0;
      return capability === 'dimensions' ? length === DIMENSIONS : length > 0;
    },
  };
}

function callsSignal(answer: unknown): boolean | undefined {
  const choice = choiceOf(answer);
  const call = first(at(at(choice, 'message'), 'tool_calls'));
  if (at(at(call, 'function'), 'name') === 'signal') return true;
  return at(choice, 'finish_reason') === 'length' ? undefined : false;
}

function readsFigures(answer: unknown): boolean | undefined {
  const choice = choiceOf(answer);
  if (String(at(at(choice, 'message'), 'content')).includes(FIGURES)) return true;
  return at(choice, 'finish_reason') === 'length' ? undefined : false;
}

function isShaped(answer: unknown): boolean | undefined {
  const choice = choiceOf(answer);
  try {
    return at(JSON.parse(String(at(at(choice, 'message'), 'content'))), 'signal') === 'clear';
  } catch {
    // An answer cut off in its thoughts shows nothing.
    return at(choice, 'finish_reason') === 'length' ? undefined : false;
  }
}

function choiceOf(answer: unknown): unknown {
  return first(at(answer, 'choices'));
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
