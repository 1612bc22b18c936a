/* What a server says instead of an answer, told apart by one table for calls and the probe. */

/** What an endpoint answered with instead of an answer. Its words tell some faults apart, may quote the item, and are never kept. */
export interface Refusal {
  status: number;
  /** Code, type, status word and reasons of the error. */
  names: readonly string[];
  words: string;
  /** The server says that it looked at this text and does not want it. */
  flagged: boolean;
  /** How long it wants to be left alone, where it says so in its body and not in a header. */
  retryAfterMs: number | undefined;
}

/** What a refusal can mean; an answer can mean more. `region`: the server serves no account from there. */
export type RefusalKind =
  | 'transient'
  | 'rate'
  | 'quota'
  | 'key'
  | 'region'
  | 'tooLong'
  | 'request'
  | 'filtered'
  | 'unusable';

interface Sign {
  kind: RefusalKind;
  /** @default any */
  status?: (status: number) => boolean;
  names?: RegExp;
  words?: RegExp;
}

const oneOf =
  (...list: number[]) =>
  (status: number) =>
    list.includes(status);
/** Statuses of a request that was looked at; of a fault inside a 200 nobody knows the status, and it is taken as 400. */
const looked = oneOf(400, 401, 403, 404, 413, 422, 429);
const broken = (status: number) => status >= 500 || oneOf(408, 409, 424, 425, 498)(status);

const UNKNOWN_MODEL =
  /^(?:model_not_found|model_not_available|invalid_model|deploymentnotfound|unknown_model|resourcenotfoundexception)$/i;

/**
 * The first that fits is what it means: a used-up quota comes as 429, a filter and a long item as 400, an unknown model also as
 * 403. Names are the server's own; words only where it has no name, and where the status says that it read the request.
 */
const SIGNS: readonly Sign[] = [
  { kind: 'quota', status: oneOf(402) },
  {
    kind: 'quota',
    names:
      /^(?:insufficient_(?:quota|balance|credits?|funds)|billing_(?:hard_limit_reached|not_active|error)|credit_?balance_too_low|payment_required)$/i,
  },
  {
    kind: 'quota',
    status: looked,
    words:
      /credit balance|(?:insufficient|not enough|out of|requires? more) (?:credits?|balance|funds)|(?:account|balance) (?:is )?(?:in arrears|overdue)|billing hard limit|arrearage/i,
  },
  {
    kind: 'region',
    status: looked,
    names: /^unsupported_(?:country|region|territory|location)\w*$/i,
  },
  {
    kind: 'region',
    status: looked,
    words:
      /(?:countr(?:y|ies)|regions?|territor(?:y|ies)|location)\b[^.]{0,40}\b(?:not (?:supported|available|allowed)|unsupported)|unsupported (?:country|region|location)|not (?:supported|available) in your (?:country|region|location)/i,
  },
  { kind: 'rate', status: oneOf(413), names: /^rate_?limit|^tokens$/i },
  {
    kind: 'rate',
    status: oneOf(413),
    words: /(?:tokens|requests) per (?:minute|min|day|hour)|\bTPM\b|\bRPM\b/i,
  },
  // Such a request alone is more than a minute's tokens: waiting does not make it smaller.
  { kind: 'tooLong', status: oneOf(429), words: /^request too large/i },
  { kind: 'rate', status: oneOf(429) },
  { kind: 'transient', status: broken },
  {
    kind: 'filtered',
    names:
      /^(?:content_?filter(?:ed)?|content_(?:policy_violation|flagged)|moderation\w*|invalid_prompt|responsibleaipolicyviolation|data_?inspection_?failed|safety|safety_(?:block|violation)\w*|sensitive|prohibited_content|cyber_policy_violation)$/i,
  },
  { kind: 'filtered', status: oneOf(451) },
  {
    kind: 'filtered',
    status: oneOf(400, 403, 422),
    words:
      /(?:flagged|blocked|rejected) (?:by|as|for|due to)\b[^.]{0,40}\b(?:moderation|safety|policy|inappropriate|harmful)|(?:content|usage) (?:management )?polic(?:y|ies)|inappropriate content/i,
  },
  { kind: 'unusable', names: /^(?:json_validate_failed|tool_use_failed|output_parse_failed)$/i },
  { kind: 'unusable', status: oneOf(400, 422), words: /failed to (?:generate|validate) (?:valid )?json/i },
  { kind: 'tooLong', status: oneOf(413) },
  {
    kind: 'tooLong',
    names:
      /^(?:context_length_exceeded|context_window_exceeded|exceed_context_size_error|string_above_max_length|prompt_too_long)$/i,
  },
  // llama.cpp, vLLM and their like have no code for it, or one of their own.
  {
    kind: 'tooLong',
    status: oneOf(400, 422),
    words:
      /maximum context|context (?:length|size|window|limit)|(?:prompt|input|message|request|text|conversation)s? (?:is |are |was )?too (?:long|large)|too many (?:input |prompt )?tokens|exceed(?:s|ed|ing)?\b[^.]{0,60}\b(?:tokens?|context|input length)\b|reduce (?:the|your) (?:length|size|prompt|input|message)|longer than the model/i,
  },
  { kind: 'rate', names: /^(?:rate_?limit\w*|resource_exhausted|too_many_requests)$/i },
  {
    kind: 'transient',
    names:
      /^(?:overloaded\w*|server_error|internal(?:_server)?_error|unavailable|service_unavailable|timeout|deadline_exceeded|engine_overloaded)$/i,
  },
  { kind: 'request', names: UNKNOWN_MODEL },
  // The key is good, and may not use this one model.
  { kind: 'request', status: oneOf(403), words: /\baccess to (?:the |this )?model\b/i },
  { kind: 'key', status: oneOf(401, 403) },
  {
    kind: 'key',
    status: looked,
    names: /^(?:invalid_api_key|api_key_invalid|authentication_error|invalid_authentication\w*)$/i,
  },
  {
    kind: 'key',
    status: oneOf(400, 404, 422),
    words:
      /\b(?:invalid|incorrect|missing|expired|wrong|no|unknown)\b[^.]{0,20}\bapi[ _-]?key|\bapi[ _-]?key\b[^.]{0,40}\b(?:invalid|not valid|incorrect|expired|missing|not found|wrong|revoked|disabled)/i,
  },
];

/** The server does not know the model: its own names for that, or what it says of a model with a status of 400 or 404. */
export function isUnknownModel({ status, names, words }: Refusal): boolean {
  if (names.some((name) => UNKNOWN_MODEL.test(name))) return true;
  const said = words.slice(0, 1000);
  if (status === 404) return /\b(?:models?|deployment)\b.{0,200}\b(?:not found|not exist)/i.test(said);
  return status === 400 && /\bmodel (?:identifier|id|name)\b.{0,40}\binvalid\b|\binvalid model\b/i.test(said);
}

/** What it means; whatever nobody knows is a wrong request of ours. */
export function kindOf({ status, names, words, flagged }: Refusal): RefusalKind {
  if (flagged && !broken(status) && status !== 429) return 'filtered';
  const sign = SIGNS.find(
    (it) =>
      (it.status?.(status) ?? true) &&
      (it.names === undefined || names.some((name) => it.names?.test(name))) &&
      (it.words === undefined || it.words.test(words.slice(0, MOST_WORDS))),
  );
  return sign?.kind ?? 'request';
}

/** Of an endpoint's words: what it means stands at their beginning, and behind that it may quote the item. */
const MOST_WORDS = 2000;

/** A refusal out of a body, in any of the shapes that servers give it; a page has no words. */
export function refusalOf(status: number, body: string): Refusal {
  return refusalIn(status, jsonOf(body));
}

/** The same out of what the body says. */
export function refusalIn(status: number, said: unknown): Refusal {
  const whole = Array.isArray(said) ? said[0] : said;
  const listed = at(whole, 'errors');
  const error = at(whole, 'error') ?? (Array.isArray(listed) ? listed[0] : undefined) ?? whole;
  const metadata = at(error, 'metadata');
  const inner = at(error, 'innererror') ?? at(error, 'inner_error');
  const details = at(error, 'details');
  const told = Array.isArray(details) ? details : [];
  const reasons = told.map((detail) => at(detail, 'reason'));
  const delays = told.map((detail) => /^(\d{1,6}(?:\.\d+)?)s$/.exec(wordOf(at(detail, 'retryDelay')))?.[1]);
  const delay = Number(delays.find((it) => it !== undefined) ?? 0);
  const names = [at(error, 'code'), at(error, 'type'), at(error, 'status'), at(inner, 'code'), ...reasons];
  return {
    status,
    names: names.map(wordOf).filter((name) => name !== ''),
    words: wordsOf(error),
    retryAfterMs: delay > 0 ? delay * 1000 : undefined,
    flagged: [metadata, error].some(
      (it) =>
        isList(at(it, 'reasons')) || at(it, 'flagged') === true || wordOf(at(it, 'flagged_input')) !== '',
    ),
  };
}

/** The code of a refusal, where it looks like one: no more of the endpoint's own words is ever repeated. */
export function codeOf({ names }: Refusal): string {
  return names.find((name) => /^[a-z][a-z_]{2,40}$/.test(name)) ?? '';
}

/** Of the status that an error inside a 200 names, if it names one. */
export function statusIn(error: unknown): number | undefined {
  return [at(error, 'code'), at(error, 'status')]
    .map((it) => Number(wordOf(it)))
    .find((it) => it >= 400 && it < 600);
}

function wordsOf(error: unknown, depth = 0): string {
  if (typeof error === 'string') return error;
  if (depth > 2) return '';
  const told = [at(error, 'message'), at(error, 'detail'), at(error, 'msg')].find(
    (it) => it !== undefined && it !== null,
  );
  if (Array.isArray(told)) return told.map((one) => wordOf(at(one, 'msg'))).join('; ');
  return typeof told === 'object' ? wordsOf(told, depth + 1) : wordOf(told);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** What a body says; undefined where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A word of an answer that may be anything. Not by `String`: that calls what the answer holds, and throws for some of it. */
export function wordOf(said: unknown): string {
  return typeof said === 'string' || typeof said === 'number' ? `${said}` : '';
}

/** A field of a value that may be anything. */
export function at(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
