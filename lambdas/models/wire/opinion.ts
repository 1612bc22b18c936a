import type { Endpoint, ModelOffer, Usage } from '../../contract/endpoint.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { AFTER, CallFailure, refusedBy } from '../../outbound/classify.ts';
import { changeRow, RowFault, rowOf } from '../../outbound/neighbour-row.ts';
import type { Permit } from '../../outbound/permit.ts';
import { at, jsonOf, kindOf, type Refusal, type RefusalKind, refusalIn } from '../../outbound/refusal.ts';
import { keyOf, send } from './client.ts';
import { greeting, LIMIT, type LimitField, OLD_LIMIT, refusesLimit } from './greeting.ts';
import { mostTokens, usageIn } from './tokens.ts';

/*
 * A refused key, a used-up quota and a region that is not served shut the endpoint for everybody, at once and for long. A firewall
 * or a moderation that dislikes one text says the same words. So the endpoint is asked once more, with a text of ours: one call at
 * a time for all workers, and none where it answered one just now.
 */

/** Milliseconds, in one place so that tests can shorten them. */
export const opinionTimes = {
  patienceMs: 10_000,
  /** An answer counts for this long. */
  vouchedMs: 60_000,
};

/** To settle, to report and to write down what came of it. */
const MARGIN_MS = 5000;

export interface Opinion {
  /** What came of the call, in the light of it. */
  failure: CallFailure;
  /** What it cost; absent where nobody was asked. */
  usage?: Usage;
  milliseconds: number;
}

/** Whether the failure would shut the endpoint for everybody. What we know ourselves, such as an empty secret, needs no opinion. */
export function isDoubtful(failure: CallFailure): boolean {
  const { kind, cause } = failure.heard;
  const shuts = ['key', 'quota', 'region'].includes(AFTER[kind].breaker);
  return shuts && !(cause instanceof SystemError);
}

/**
 * The failure as it is when the endpoint was asked with a harmless text: the same where it refuses that too, `blocked` where it
 * answers, `unsure` where nobody can say now.
 */
export async function secondOpinion(
  table: string,
  endpoint: Endpoint,
  offer: ModelOffer,
  permit: Permit,
  failure: CallFailure,
  deadline = Number.POSITIVE_INFINITY,
): Promise<Opinion> {
  const { heard } = failure;
  const patienceMs = Math.min(opinionTimes.patienceMs, endpoint.timeoutSeconds * 1000);
  const startedAt = clock.now();
  // Without its row nothing is shut.
  if (permit.epoch === undefined) return { failure, milliseconds: 0 };
  if (startedAt + patienceMs + MARGIN_MS > deadline)
    return { failure: unsure(endpoint, failure), milliseconds: 0 };
  const claim = await claimed(table, endpoint, startedAt, patienceMs);
  if (claim === 'vouched') return { failure: blocked(endpoint, failure), milliseconds: 0 };
  if (claim === 'taken') return { failure: unsure(endpoint, failure), milliseconds: 0 };
  const { said, usage, refusal } = await greeted(endpoint, offer, heard.kind, patienceMs);
  const milliseconds = clock.now() - startedAt;
  logger.warn('second opinion', { endpoint: endpoint.name, first: heard.kind, second: said });
  const spent = { usage, milliseconds };
  if (said === 'answers') {
    await note(table, endpoint, { vouchedAt: clock.now() });
    return { failure: blocked(endpoint, failure), ...spent };
  }
  if (AFTER[said].breaker === 'key' || AFTER[said].breaker === 'quota' || AFTER[said].breaker === 'region')
    return {
      failure:
        said === heard.kind || !refusal
          ? failure
          : instead(failure, refusedBy(endpoint.name, '', refusal, { most: usage })),
      ...spent,
    };
  return { failure: unsure(endpoint, failure), ...spent };
}

/** One worker asks, the others come back; nobody asks where it was answered just now. */
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
        { field: 'vouchedAt', is: 'absent or <', value: now - opinionTimes.vouchedMs },
      ],
    });
    if (done) return 'mine';
    return (row.vouchedAt ?? 0) >= now - opinionTimes.vouchedMs ? 'vouched' : 'taken';
  } catch (error) {
    if (error instanceof RowFault) return 'taken';
    throw error;
  }
}

async function note(table: string, endpoint: Endpoint, set: { vouchedAt: number }): Promise<void> {
  await changeRow(rowOf(table, endpoint), { set, add: {}, remove: ['doubtUntil'], when: [] }).catch(
    (error: unknown) => {
      if (!(error instanceof RowFault)) throw error;
    },
  );
}

async function greeted(
  endpoint: Endpoint,
  offer: ModelOffer,
  kind: CallFailure['kind'],
  timeoutMs: number,
  limit: LimitField = endpoint.capabilities.maxCompletionTokens === false ? OLD_LIMIT : LIMIT,
): Promise<{ said: RefusalKind | 'answers'; usage: Usage; refusal?: Refusal }> {
  // Where credit is short, a server weighs the longest answer that is asked for.
  const longest = kind === 'quota' ? offer.maxOutputTokens : undefined;
  const request = greeting(offer, longest, limit);
  const nothing: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  try {
    const { ok, status, text } = await send(endpoint, await keyOf(endpoint), request, { timeoutMs });
    if (limit === LIMIT && refusesLimit(status, text, LIMIT))
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
    // A wrong field or a model that is not there: whoever says so has looked at the key.
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

/** An answer that could not be asked for again is what it was: the endpoint hears why. */
function instead(failure: CallFailure, why: CallFailure): CallFailure {
  const { headers, milliseconds, calls } = failure;
  const facts = { headers, milliseconds, calls };
  return failure.kind === failure.heard.kind
    ? new CallFailure(why.kind, why.message, facts)
    : new CallFailure(failure.kind, failure.message, { ...facts, cause: why });
}
