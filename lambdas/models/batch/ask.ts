import type { LineageEntry } from '../../contract/item/row.ts';
import type { BatchPolicy } from '../../contract/steps/batch.ts';
import { clock } from '../../kit/clock.ts';
import { getContent, putContent } from '../../kit/objects.ts';
import { CallFailure } from '../../outbound/classify.ts';
import { rateHeaders } from '../../outbound/rate-headers.ts';
import { isInside } from '../../privacy/way-out.ts';
import { answerKey, askedHash, askedKey, requestKey } from '../../tables/batches/keys.ts';
import { addRequest, type BatchRequest, getRequest } from '../../tables/batches/requests.ts';
import { type Answer, type Asked, answerOf, messagesOf } from '../answer/answer.ts';
import { bookAhead, settleAhead } from '../budget.ts';
import type { Capabilities } from '../capabilities.ts';
import type { Found } from '../fallback.ts';
import { entryOf, promptHash } from '../lineage.ts';
import { cost } from '../prices.ts';
import type { Candidate } from '../router.ts';
import type { RunnerOptions } from '../runner.ts';
import { type ChatRequest, readReply, wiredChat } from '../wire/chat.ts';
import type { Reply } from '../wire/completion.ts';
import { knowing } from '../wire/parameters.ts';
import { lineOf, type Told } from './lines.ts';
import { BatchPending } from './pending.ts';
import { dueOf, hasTimeForFile } from './times.ts';

/* A step's side of batches: it leaves its request to be collected, and reads the answer when the item is sent on. */

/** What a batch answered, and what is to be done with it. */
export interface Heard<T> {
  candidate: Candidate;
  /** What it cost. */
  entry: LineageEntry;
  /** Of use as it is. */
  found?: Found<Answer<T>>;
  /** Not yet of use: the candidate is told what is wrong with it, before all others. */
  reply?: Reply;
  list?: readonly Candidate[];
  /** Of no use there. */
  before?: { failure: CallFailure; candidate: Candidate };
}

interface Asking<T> {
  /** The key of the step's remembered answer. */
  id: string;
  batch: BatchPolicy;
  asked: { inside: Asked<T>; outside: Asked<T> };
  list: readonly Candidate[];
  capabilities: Capabilities;
  logprobs: boolean;
}

/** Above this a request goes out alone: a file of such lines would not fit into memory. */
const MOST_LINE_BYTES = 2_000_000;

/** Whether a batch has answered the step with this key. */
export async function wasAnswered(
  { automation, idempotencyTable }: RunnerOptions,
  id: string,
): Promise<boolean> {
  const row = await getRequest(idempotencyTable, askedKey(automation.name, askedHash(id)));
  return row?.state === 'answered';
}

/** @throws BatchPending while the answer is to come; BudgetSpent where the day does not hold the request */
export async function inBatch<T>(options: RunnerOptions, asking: Asking<T>): Promise<Heard<T> | undefined> {
  const { automation, idempotencyTable } = options;
  const hash = askedHash(asking.id);
  const row = await getRequest(idempotencyTable, askedKey(automation.name, hash));
  switch (row?.state) {
    case 'open':
    case 'sent':
      throw new BatchPending(row.dueAt);
    case 'late':
      return undefined;
    case 'answered':
      return heard(options, asking, row);
    default:
      return leave(options, asking, hash);
  }
}

/** Leaves the request; undefined where no batch would answer it in time, or for less. */
async function leave<T>(
  options: RunnerOptions,
  { batch, list, capabilities, ...asking }: Asking<T>,
  hash: string,
): Promise<undefined> {
  const { automation, controlTable, idempotencyTable, item } = options;
  const { bucket, receivedAt } = options.batch ?? { bucket: '', receivedAt: '' };
  const candidate = cheapestIn(list, capabilities);
  const dueAt = dueOf(batch, receivedAt);
  if (!candidate || !hasTimeForFile(dueAt, clock.now())) return undefined;
  const { offer } = candidate;
  const endpoint = knowing(controlTable, candidate.endpoint, offer);
  const request = requestOf(options, asking, candidate);
  const { body, inputMost, letters } = wiredChat(endpoint, offer, request);
  const bytes = Buffer.byteLength(lineOf(hash, body)) + 1;
  if (bytes > MOST_LINE_BYTES) return undefined;
  const most = { inputTokens: inputMost, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  // The words first: a row without them would be a line that nobody can write.
  await putContent(bucket, requestKey(item.id, hash), body);
  const usd = cost(offer, { ...most, share: offer.batchShare ?? 1 });
  const tokens = most.inputTokens + most.outputTokens;
  const booked = await bookAhead(controlTable, automation, { usd, tokens });
  const added = await addRequest(idempotencyTable, {
    ...{ id: askedKey(automation.name, hash), automation: automation.name, itemId: item.id },
    ...{ step: request.step, endpoint: endpoint.name, model: offer.name },
    ...{ bytes, inputMost, letters, askedAt: clock.now(), dueAt, booked },
  });
  if (!added)
    await settleAhead(controlTable, booked.day, { microUsd: -booked.microUsd, tokens: -booked.tokens });
  throw new BatchPending(dueAt);
}

/** Of those that are as strong as the first, the cheapest that has batches, where it is cheaper than the first at once. */
function cheapestIn(list: readonly Candidate[], capabilities: Capabilities): Candidate | undefined {
  const [first] = list;
  const priced = list.flatMap((candidate) => {
    const { endpoint, offer, worstUsd } = candidate;
    const can = offer.batchShare !== undefined && capabilities(endpoint.name, offer.name, 'batch') !== false;
    return can && offer.tier === first?.offer.tier
      ? [{ candidate, usd: worstUsd * (offer.batchShare ?? 1) }]
      : [];
  });
  const [best] = priced.sort((a, b) => a.usd - b.usd);
  return best && first && best.usd <= first.worstUsd ? best.candidate : undefined;
}

/** What the endpoint may read of it. */
function requestOf<T>(
  { automation }: RunnerOptions,
  { asked, logprobs }: Pick<Asking<T>, 'asked' | 'logprobs'>,
  { endpoint }: Candidate,
): ChatRequest {
  const one = isInside(automation, endpoint) ? asked.inside : asked.outside;
  return { step: one.step, messages: messagesOf(one), schema: one.schema, logprobs };
}

async function heard<T>(
  options: RunnerOptions,
  asking: Asking<T>,
  row: BatchRequest,
): Promise<Heard<T> | undefined> {
  const { list, asked } = asking;
  const candidate = list.find(
    ({ endpoint, offer }) => endpoint.name === row.endpoint && offer.name === row.model,
  );
  // The configuration has changed meanwhile.
  if (!candidate) return undefined;
  const { offer } = candidate;
  const told = await getContent<Told>(
    options.batch?.bucket ?? '',
    answerKey(row.itemId, askedHash(asking.id)),
  );
  const most = { inputTokens: row.inputMost, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  const share = { share: offer.batchShare ?? 1 };
  const milliseconds = row.milliseconds ?? 0;
  const about = {
    ...{ step: row.step, promptVersion: asked.inside.prompt.version },
    promptHash: promptHash(asked.inside.prompt.text),
  };
  const at = new Date(row.askedAt + milliseconds).toISOString();
  const where = { ...candidate, reason: `${candidate.reason}; in the batch ${row.batch}` };
  const entry = (calls: readonly Reply['usage'][], answeredBy?: string) =>
    entryOf(about, where, {
      ...{ at, milliseconds, answeredBy },
      calls: calls.map((usage) => ({ ...usage, ...share })),
    });
  try {
    const answer = {
      ...told,
      ok: told.status >= 200 && told.status < 300,
      headers: rateHeaders(undefined),
      milliseconds,
    };
    const reply = readReply(candidate.endpoint, offer, requestOf(options, asking, candidate), answer, {
      ...{ step: row.step, most },
    });
    const read = await readAlone(reply, asked.inside);
    if (read)
      return {
        candidate,
        entry: entry([reply.usage], reply.model),
        found: { answer: read, candidate, kept: true },
      };
    const rest = list.filter((it) => it !== candidate);
    return {
      candidate,
      entry: { ...entry([reply.usage], reply.model), failure: 'unusable' },
      reply,
      list: [candidate, ...rest],
    };
  } catch (failure) {
    if (!(failure instanceof CallFailure)) throw failure;
    return {
      candidate,
      entry: { ...entry(failure.calls), failure: failure.kind },
      before: { failure, candidate },
    };
  }
}

/** The answer, if it needs no second request. */
async function readAlone<T>(reply: Reply, asked: Asked<T>): Promise<Answer<T> | undefined> {
  const more = new Error('a second request');
  let told = false;
  try {
    return await answerOf(async () => {
      if (told) throw more;
      told = true;
      return reply;
    }, asked);
  } catch (error) {
    if (error === more) return undefined;
    throw error;
  }
}
