import type { Capability, Endpoint, ModelOffer } from '../../contract/endpoint.ts';
import { changeRow, RowFault, remembered, rowOf } from '../../outbound/neighbour/row.ts';
import { kindOf, refusalOf } from '../../outbound/refusal.ts';
import type { WireAnswer } from './client.ts';
import { LIMIT, type LimitField, OLD_LIMIT, refusesField } from './greeting.ts';

/*
 * Parameters that some models refuse although the request works without them. A refusal did no work: the request goes out again
 * without what it names, and the endpoint's row remembers it once that was answered.
 */

export type Optional = Extract<
  Capability,
  'maxCompletionTokens' | 'logprobs' | 'temperature' | 'promptCacheKey'
>;

/** What a request holds of them. */
export interface Parameters {
  limit: LimitField;
  logprobs: boolean;
  temperature: number | undefined;
  /** Names what the request begins with. */
  promptCacheKey: boolean;
}

/** The fields of the row: models that lack it, joined by spaces. */
const KEPT = {
  maxCompletionTokens: 'oldLimit',
  logprobs: 'noLogprobs',
  temperature: 'noTemperature',
  promptCacheKey: 'noPromptCacheKey',
} as const satisfies Record<Optional, string>;
const OPTIONAL = Object.keys(KEPT) as Optional[];

/** What is asked for, less what the model is known to lack. */
export function parametersFor(
  { capabilities }: Pick<Endpoint, 'capabilities'>,
  { logprobs, temperature }: { logprobs?: boolean | undefined; temperature?: number | undefined },
): Parameters {
  return {
    limit: capabilities.maxCompletionTokens === false ? OLD_LIMIT : LIMIT,
    logprobs: Boolean(logprobs) && capabilities.logprobs !== false,
    temperature: capabilities.temperature === false ? undefined : temperature,
    promptCacheKey: capabilities.promptCacheKey === true,
  };
}

/**
 * What to send after a refusal that names some of them, each changed at most once from `first`; undefined if the refusal is about
 * something else. It may only quote the item: then what goes out again is refused as well, and nothing is learned.
 */
export function withoutRefused(
  { ok, status, text }: WireAnswer,
  sent: Parameters,
  first: Parameters,
): Parameters | undefined {
  const names = (field: string) => refusesField(status, text, field);
  const turns = sent.limit === first.limit && names(sent.limit);
  const next: Parameters = {
    limit: turns ? (sent.limit === LIMIT ? OLD_LIMIT : LIMIT) : sent.limit,
    logprobs: sent.logprobs && !names('logprobs'),
    temperature: names('temperature') ? undefined : sent.temperature,
    promptCacheKey: sent.promptCacheKey && !names('prompt_cache_key'),
  };
  const isSame = (Object.keys(next) as (keyof Parameters)[]).every((one) => next[one] === sent[one]);
  return ok || isSame || kindOf(refusalOf(status, text)) !== 'request' ? undefined : next;
}

/** What the answered request did without. */
export function lackingIn(answered: Parameters, first: Parameters): Optional[] {
  return OPTIONAL.filter((one) => {
    if (one === 'maxCompletionTokens') return first.limit === LIMIT && answered.limit === OLD_LIMIT;
    return first[one] !== answered[one];
  });
}

/** What needs no second look: the limit has another name, and the key, which only the configuration asks for, is a convenience. */
const SETTLED: readonly Optional[] = ['maxCompletionTokens', 'promptCacheKey'];

/**
 * The endpoint with what its row says of this model; what is not remembered costs no read. Where a probe or the configuration says
 * that the model can, it is tried again, unless it is settled.
 */
export function knowing(table: string, endpoint: Endpoint, { name }: ModelOffer): Endpoint {
  const row = remembered(rowOf(table, endpoint));
  const lacks = OPTIONAL.filter(
    (one) =>
      row?.[KEPT[one]]?.split(' ').includes(name) &&
      (SETTLED.includes(one) || endpoint.capabilities[one] !== true),
  );
  return lacks.length > 0 ? lacking(endpoint, lacks) : endpoint;
}

export function lacking(endpoint: Endpoint, lacks: readonly Optional[]): Endpoint {
  const without = Object.fromEntries(lacks.map((one) => [one, false]));
  return { ...endpoint, capabilities: { ...endpoint.capabilities, ...without } };
}

/** A row that cannot be written now is written by the next call that learns the same. */
export async function learn(
  table: string,
  endpoint: Endpoint,
  { name }: ModelOffer,
  lacks: readonly Optional[],
): Promise<void> {
  const of = rowOf(table, endpoint);
  const row = remembered(of);
  const set: Partial<Record<(typeof KEPT)[Optional], string>> = {};
  for (const one of lacks) {
    const models = row?.[KEPT[one]]?.split(' ') ?? [];
    if (!models.includes(name) && endpoint.capabilities[one] !== false)
      set[KEPT[one]] = [...models, name].join(' ');
  }
  if (Object.keys(set).length === 0) return;
  await changeRow(of, { set, add: {}, when: [] }).catch((error: unknown) => {
    if (!(error instanceof RowFault)) throw error;
  });
}
