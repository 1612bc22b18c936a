import type { Capability, Endpoint, ModelOffer } from '../../contract/endpoint.ts';
import { errorFacts } from '../../kit/errors.ts';
import { cost, exact } from '../../models/prices.ts';
import { send } from '../../models/wire/client.ts';
import { LIMIT, OLD_LIMIT, refusesField } from '../../models/wire/greeting.ts';
import { likelyTokens, mostTokens, usageIn } from '../../models/wire/tokens.ts';
import { readApiKey } from '../../outbound/api-key.ts';
import { isUnknownModel, jsonOf, kindOf, refusalIn } from '../../outbound/refusal.ts';
import { type ProbeRequest, requestsAbout } from './requests.ts';

/** What a probe found, what it cost, and what went wrong, in words that say what to change. */
export interface Findings {
  models: Record<string, Partial<Record<Capability, boolean>>>;
  costUsd: number;
  problems: string[];
}

/** Seconds. Two rounds of requests and the rest must fit into the thirty seconds that the API waits. */
const ROUND_SECONDS = 10;

interface Heard {
  request: ProbeRequest;
  /** 0 where nobody answered. */
  status: number;
  body: unknown;
  costUsd: number;
}

/** Probes each model of an endpoint. Never throws because of the endpoint's answers or silence. */
export async function probeEndpoint(endpoint: Endpoint): Promise<Findings> {
  const key = await readApiKey(endpoint.secret, 0).catch((error: unknown) => errorFacts(error));
  if (typeof key !== 'string') return { models: {}, costUsd: 0, problems: [key.message] };
  const asked = await Promise.all(endpoint.models.map((offer) => probeModel(endpoint, key, offer)));
  return {
    models: Object.assign({}, ...asked.map(({ models }) => models)),
    costUsd: sum(asked.map(({ costUsd }) => costUsd)),
    // A wrong key is the same problem for every model.
    problems: [...new Set(asked.flatMap(({ problems }) => problems))],
  };
}

/** Why a model does not answer, and what to change. */
export interface Fault {
  kind: 'silent' | 'redirect' | 'key' | 'quota' | 'region' | 'passing' | 'model' | 'other';
  why: string;
  todo: string;
}

/**
 * Whether each model of an endpoint answers, by one smallest request. Never throws because of the endpoint's
 * answers or silence.
 */
export async function greetEndpoint(endpoint: Endpoint, key: string): Promise<Fault[]> {
  const asked = endpoint.models.map(async (offer) => {
    const { first } = await openingOf(endpoint, key, offer);
    const fault = faultOf(endpoint, offer, first);
    if (fault || first.request.shows(first.body)) return fault;
    // A model may refuse so small an answer, and give larger ones.
    const kind = first.status === 400 || first.status === 422 ? 'passing' : 'other';
    return { ...nothing(endpoint, offer, first), kind } satisfies Fault;
  });
  const faults = (await Promise.all(asked)).filter((fault) => fault !== undefined);
  return [...new Map(faults.map((fault) => [fault.why, fault])).values()];
}

async function openingOf(endpoint: Endpoint, key: string, offer: ModelOffer) {
  const [opening, ...more] = requestsAbout(offer);
  let old = false;
  const ask = (request: ProbeRequest) => sendOne(endpoint, key, offer, old ? withOldLimit(request) : request);
  let first = await ask(opening);
  if (refusesField(first.status, JSON.stringify(first.body ?? ''), LIMIT)) {
    old = true;
    first = await ask(opening);
  }
  return { first, more, ask, old };
}

async function probeModel(endpoint: Endpoint, key: string, offer: ModelOffer): Promise<Findings> {
  const { first, more, ask, old } = await openingOf(endpoint, key, offer);
  const fault = faultOf(endpoint, offer, first);
  if (fault) return { models: {}, costUsd: first.costUsd, problems: [inWords(fault)] };
  const heard = [first, ...(await Promise.all(more.map(ask)))];
  const costUsd = sum(heard.map((one) => one.costUsd));
  const found = Object.fromEntries(
    heard.flatMap((one) => {
      const verdict = verdictOf(one);
      return verdict === undefined ? [] : [[one.request.capability, verdict]];
    }),
  );
  const { batch, ...answering } = found;
  if (!Object.values(answering).includes(true))
    return { models: {}, costUsd, problems: [inWords(nothing(endpoint, offer, first))] };
  const open = heard.filter(({ request }) => !(request.capability in found));
  return {
    models: { [offer.name]: old ? { ...found, maxCompletionTokens: false } : found },
    costUsd,
    problems: open.map((one) => unsure(endpoint, offer, one)),
  };
}

function withOldLimit(request: ProbeRequest): ProbeRequest {
  const { [LIMIT]: most, ...body } = (request.body ?? {}) as Record<string, unknown>;
  return most === undefined ? request : { ...request, body: { ...body, [OLD_LIMIT]: most } };
}

async function sendOne(
  endpoint: Endpoint,
  key: string,
  offer: ModelOffer,
  request: ProbeRequest,
): Promise<Heard> {
  try {
    const { ok, status, text } = await send(endpoint, key, request, {
      timeoutMs: patience(endpoint) * 1000,
    });
    const body = jsonOf(text);
    const costUsd = ok && request.method === 'POST' ? costOf(offer, request, body) : 0;
    return { request, status, body, costUsd };
  } catch {
    return { request, status: 0, body: undefined, costUsd: 0 };
  }
}

function costOf(
  offer: ModelOffer,
  { body, mostTokens: outputTokens }: ProbeRequest,
  answer: unknown,
): number {
  const inputTokens = likelyTokens(mostTokens(JSON.stringify(body ?? '')));
  const otherwise = { inputTokens, cachedTokens: 0, outputTokens };
  return cost(offer, usageIn(answer, otherwise, offer.contextTokens));
}

function patience({ timeoutSeconds }: Endpoint): number {
  return Math.min(ROUND_SECONDS, timeoutSeconds);
}

/** A later probe may find otherwise. 501 means that the server does not have it. */
function isPassing({ status, body }: Pick<Heard, 'status' | 'body'>): boolean {
  if (status === 0) return true;
  const kind = kindOf(refusalIn(status, body));
  return status !== 501 && (kind === 'transient' || kind === 'rate');
}

function verdictOf(heard: Heard): boolean | undefined {
  if (isGood(heard.status)) return heard.request.shows(heard.body);
  return isPassing(heard) ? undefined : false;
}

/* Only codes and never the server's own words: some quote the key. */
function faultOf(endpoint: Endpoint, offer: ModelOffer, heard: Heard): Fault | undefined {
  const { status, body } = heard;
  const fault = (kind: Fault['kind'], why: string, todo: string): Fault => ({
    ...{ kind, todo },
    why: `endpoint '${endpoint.name}' ${why}`,
  });
  if (status === 0)
    return fault(
      'silent',
      `took no connection, or did not answer within ${patience(endpoint)} s`,
      "check its 'baseUrl' and that it runs; a model that was being loaded answers the next probe",
    );
  // As in every call: data goes only to the configured address.
  if (status >= 300 && status < 400)
    return fault(
      'redirect',
      `answers with a redirect (${status})`,
      "put the address that it points to into its 'baseUrl'",
    );
  if (isGood(status)) return undefined;
  const refusal = refusalIn(status, body);
  const kind = kindOf(refusal);
  if (kind === 'key' && endpoint.secret === undefined)
    return fault(
      'key',
      `wants a key (${status})`,
      "name a 'secret' for it in signalbox.config.ts, deploy and fill it",
    );
  if (kind === 'key')
    return fault(
      'key',
      `refuses the key (${status})`,
      `fill the secret '${endpoint.secret}' with {"apiKey": "…"} of that server`,
    );
  if (kind === 'quota') return fault('quota', 'says that its quota is used up', 'add credit there');
  if (kind === 'region')
    return fault(
      'region',
      `serves no account from this region (${status})`,
      'take another endpoint, or another region of it',
    );
  if (isPassing(heard)) return fault('passing', `answered ${status}`, 'probe it again later');
  if (isUnknownModel(refusal))
    return fault(
      'model',
      `has no model '${offer.name}'`,
      'correct its name in signalbox.config.ts, or take it out',
    );
  return undefined;
}

function inWords({ why, todo }: Fault): string {
  return `${why}: ${todo}`;
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function nothing(endpoint: Endpoint, { name }: ModelOffer, { status }: Heard): Fault {
  return {
    kind: 'other',
    why: `endpoint '${endpoint.name}' answers nothing about '${name}' as an OpenAI-compatible server does (${status})`,
    todo: "check its 'baseUrl' (with the /v1) and the model's name",
  };
}

function unsure(endpoint: Endpoint, { name }: ModelOffer, { request, status }: Heard): string {
  const why = status === 0 ? 'no answer' : status < 300 ? 'its answer was cut off' : `it answered ${status}`;
  return `endpoint '${endpoint.name}', '${name}': '${request.capability}' was not found out (${why})`;
}

function sum(amounts: readonly number[]): number {
  return exact(amounts.reduce((total, amount) => total + amount, 0));
}
