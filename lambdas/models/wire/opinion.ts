import type { Endpoint, ModelOffer, Usage } from '../../contract/endpoint.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { AFTER, CallFailure, refusedBy } from '../../outbound/classify.ts';
import { changeRow, RowFault, rowOf } from '../../outbound/neighbour/row.ts';
import type { Permit } from '../../outbound/permit.ts';
import { at, jsonOf, kindOf, type Refusal, type RefusalKind, refusalIn } from '../../outbound/refusal.ts';
import { keyOf, send } from './client.ts';
import { greeting, LIMIT, type LimitField, OLD_LIMIT, refusesField } from './greeting.ts';
import { mostTokens, usageIn } from './tokens.ts';

/*
 * A refused key, a used-up quota and a region that is not served shut the endpoint for everybody, at once and for long. A firewall
 * or a moderation that dislikes one text may answer the same. So the endpoint is asked once more, with a harmless text: one request
 * at a time for all workers, and none if it answered one just now.
 */

const PATIENCE_MS = 10_000;
/** A good answer counts for this long. */
const VOUCHED_MS = 60_000;
/** For settling, reporting and storing the result. */
const MARGIN_MS = 5000;
const SHUTTING: readonly string[] = ['key', 'quota', 'region'];

interface Opinion {
  /** The failure in the light of the opinion. */
  failure: CallFailure;
  /** Absent if nobody was asked. */
  usage?: Usage;
  milliseconds: number;
}

/** Whether the failure would shut the endpoint for everybody. Our own faults need no opinion. */
export function isDoubtful({ heard: { kind, cause } }: CallFailure): boolean {
  return SHUTTING.includes(AFTER[kind].breaker) && !(cause instanceof SystemError);
}

/**
 * Asks the endpoint with a harmless text. The failure stays as it is if that is refused too; it is `blocked` if that is answered,
 * and `unsure` if nobody can say now.
 */
export async function secondOpinion(
  table: string,
  endpoint: Endpoint,
  offer: ModelOffer,
  permit: Permit,
  failure: CallFailure,
  deadline = Number.POSITIVE_INFINITY,
): Promise<Opinion> {
  const timeoutMs = Math.min(PATIENCE_MS, endpoint.timeoutSeconds * 1000);
  const startedAt = clock.now();
  // Without its row nothing is shut.
  if (permit.epoch === undefined) return { failure, milliseconds: 0 };
  const late = startedAt + timeoutMs + MARGIN_MS > deadline;
  const claim = late ? 'taken' : await claimed(table, endpoint, startedAt, timeoutMs);
  if (claim !== 'mine')
    return { failure: (claim === 'vouched' ? blocked : unsure)(endpoint, failure), milliseconds: 0 };
  const { said, usage, refusal } = await greeted(endpoint, offer, failure.heard.kind, timeoutMs);
  const milliseconds = clock.now() - startedAt;
  logger.warn('second opinion', { endpoint: endpoint.name, first: failure.heard.kind, second: said });
  if (said === 'answers') {
    await vouch(table, endpoint);
    return { failure: blocked(endpoint, failure), usage, milliseconds };
  }
  if (!SHUTTING.includes(AFTER[said].breaker))
    return { failure: unsure(endpoint, failure), usage, milliseconds };
  const same = said === failure.heard.kind || !refusal;
  const why = same ? failure : instead(failure, refusedBy(endpoint.name, '', refusal, { most: usage }));
  return { failure: why, usage, milliseconds };
}

/** One worker asks, the others come back; nobody asks again right after a good answer. */
async function claimed(
  table: string,
  endpoint: Endpoint,
  now: number,
  patienceMs: number,
): Promise<'mine' | 'taken' | 'vouched'> {
  try {
    const { done, row } = await changeRow(rowOf(table, endpoint), {
      set: { doubtUntil: now + patienceMs },
      add: {},
      when: [
        { field: 'doubtUntil', is: 'absent or <', value: now },
        { field: 'vouchedAt', is: 'absent or <', value: now - VOUCHED_MS },
      ],
    });
    if (done) return 'mine';
    return (row.vouchedAt ?? 0) >= now - VOUCHED_MS ? 'vouched' : 'taken';
  } catch (error) {
    if (error instanceof RowFault) return 'taken';
    throw error;
  }
}

async function vouch(table: string, endpoint: Endpoint): Promise<void> {
  const change = { set: { vouchedAt: clock.now() }, add: {}, remove: ['doubtUntil' as const], when: [] };
  await changeRow(rowOf(table, endpoint), change).catch((error: unknown) => {
    if (!(error instanceof RowFault)) throw error;
  });
}

async function greeted(
  endpoint: Endpoint,
  offer: ModelOffer,
  kind: CallFailure['kind'],
  timeoutMs: number,
  limit: LimitField = endpoint.capabilities.maxCompletionTokens === false ? OLD_LIMIT : LIMIT,
): Promise<{ said: RefusalKind | 'answers'; usage: Usage; refusal?: Refusal }> {
  // If credit is short, a server goes by the longest answer that a request allows.
  const longest = kind === 'quota' ? offer.maxOutputTokens : undefined;
  const request = greeting(offer, longest, limit);
  const nothing: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  try {
    const { ok, status, text } = await send(endpoint, await keyOf(endpoint), request, { timeoutMs });
    if (limit === LIMIT && refusesField(status, text, LIMIT))
      return await greeted(endpoint, offer, kind, timeoutMs, OLD_LIMIT);
    const answer = jsonOf(text);
    if (ok && !at(answer, 'error')) {
      const inputTokens = mostTokens(JSON.stringify(request.body));
      const most = {
        inputTokens,
        cachedTokens: 0,
        outputTokens: offer.kind === 'chat' ? offer.maxOutputTokens : 0,
      };
      return {
        said: answer === undefined ? 'transient' : 'answers',
        usage: usageIn(answer, most, offer.contextTokens),
      };
    }
    const refusal = refusalIn(ok ? 400 : status, answer);
    const refused = kindOf(refusal);
    // A server that complains of a field or of an unknown model has accepted the key.
    const isRefusal = ok || !['request', 'tooLong', 'unusable', 'filtered'].includes(refused);
    return { said: isRefusal ? refused : 'answers', usage: nothing, refusal };
  } catch {
    return { said: 'transient', usage: nothing };
  }
}

function blocked({ name }: Endpoint, failure: CallFailure): CallFailure {
  const why = new CallFailure('blocked', `endpoint '${name}': it refuses this request, and answers others`);
  return instead(failure, why);
}

function unsure({ name }: Endpoint, failure: CallFailure): CallFailure {
  const why = new CallFailure(
    'unsure',
    `endpoint '${name}': whether it refuses everybody is being found out`,
  );
  return instead(failure, why);
}

/** A useless answer that cannot be asked for again keeps its kind: only the row hears the reason. */
function instead(failure: CallFailure, why: CallFailure): CallFailure {
  const { headers, milliseconds, calls } = failure;
  const facts = { headers, milliseconds, calls };
  return failure.kind === failure.heard.kind
    ? new CallFailure(why.kind, why.message, facts)
    : new CallFailure(failure.kind, failure.message, { ...facts, cause: why });
}
