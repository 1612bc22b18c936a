import type { LineageEntry } from '../../contract/item/row.ts';
import type { AgentPolicy, AgentTools } from '../../contract/steps/agent.ts';
import { ProcessingError } from '../../kit/errors.ts';
import { CallFailure } from '../../outbound/classify.ts';
import { jsonOf } from '../../outbound/refusal.ts';
import { forOutside } from '../../privacy/outside.ts';
import { isInside } from '../../privacy/way-out.ts';
import type { Remembered } from '../../tables/idempotency/once.ts';
import { type Asked, messagesOf, readAnswer } from '../answer/answer.ts';
import { asker } from '../answer/chat-call.ts';
import { readCapabilities } from '../capabilities.ts';
import { type Means, policyOf, tierOf, withCapabilities, wordsOf } from '../chat.ts';
import { FallbackChain } from '../fallback.ts';
import { promptHash } from '../lineage.ts';
import type { PaidCall } from '../paid-call.ts';
import { exact } from '../prices.ts';
import { placesFor } from '../residency.ts';
import { type Candidate, candidates, candidatesFor, TooDear } from '../router.ts';
import { payerOf, type RunnerOptions } from '../runner.ts';
import { type ChatRequest, inputBound } from '../wire/chat.ts';
import type { Reply } from '../wire/completion.ts';
import { likelyTokens } from '../wire/tokens.ts';
import type { ToolCall } from '../wire/tools.ts';
import { toolOf } from './answers.ts';
import { messagesAfter, notesOf, type Turn } from './conversation.ts';

/** What a model said in one turn, or why it was not asked, or was of no use. */
export type TurnSaid<T> =
  | { calls: readonly ToolCall[]; more: number }
  | { answer: T }
  | { ends: 'money' | 'room' | 'time' | 'unfit' };

/** How far the agent has come. */
export interface SoFar {
  turns: readonly Turn[];
  /** What its turns have cost, and how long they took the models. */
  spentUsd: number;
  milliseconds: number;
}

export interface AgentAsked<T> extends Asked<T> {
  policy: AgentPolicy;
  tools: AgentTools;
}

/**
 * One turn with tools: one request, from the fallback chain. Whether there is money and time left for it is decided here, so that
 * the decision is remembered with the turn.
 * @throws as `step.model` does
 */
export async function payTurn<T>(
  options: RunnerOptions,
  asked: AgentAsked<T>,
  { turns, spentUsd, milliseconds }: SoFar,
  { budget, money, lost }: Means,
): Promise<Remembered<TurnSaid<T>>> {
  const { controlTable, automation, body, endpoints } = options;
  const { step, policy } = asked;
  const ends = (why: 'money' | 'room' | 'time') => ({ value: { ends: why }, lineage: [] });
  if (milliseconds >= 1000 * (policy.mostSeconds ?? Number.POSITIVE_INFINITY)) return ends('time');
  const own = policyOf(automation, step);
  const left = exact((policy.mostUsd ?? Number.POSITIVE_INFINITY) - spentUsd);
  const mostUsd = Math.min(budget.leftUsd, own.mostUsd ?? left, left);
  const capabilities = await readCapabilities(controlTable, endpoints);
  const inside = requestsOf(asked, turns);
  const outside = requestsOf(
    { ...asked, ...forOutside(automation, step, wordsOf(asked)) },
    cleared(options, step, turns),
  );
  const bounds = endpoints.flatMap((endpoint) =>
    endpoint.models.flatMap(({ name }) =>
      [...inside, ...outside].map((it) => inputBound(withCapabilities(endpoint, name, capabilities), it)),
    ),
  );
  const need = {
    ...{ tier: tierOf(own, asked.input), residencies: placesFor(automation, body), mostUsd },
    ...{ inputTokens: Math.max(0, ...bounds), needs: ['chat', 'tools'] as const },
    first: asked.model,
  };
  const begun = turns.length > 0;
  const { candidates: able, refused } = candidates(endpoints, need, capabilities);
  // Who has no money left for another turn, and its answer after it, answers now.
  if (begun && able.length === 0 && refused.some(({ kind }) => kind === 'price')) return ends('money');
  if (begun && able.length === 0 && refused.some(({ kind }) => kind === 'length')) return ends('room');
  const list = candidatesFor(step, endpoints, need, capabilities).map((it) => ({
    ...it,
    endpoint: withCapabilities(it.endpoint, it.offer.name, capabilities),
  }));
  if (mostUsd < 2 * (list[0]?.worstUsd ?? 0)) {
    if (begun) return ends('money');
    throw new TooDear(`the step '${step}' could cost more than the item's budget`);
  }
  const chain = new FallbackChain<TurnSaid<T>>(payerOf(options), { mostUsd, money }, (candidate) =>
    turnCall(controlTable, asked, isInside(automation, candidate.endpoint) ? inside : outside, candidate),
  );
  try {
    const { answer } = await chain.run(list);
    return { value: answer, lineage: withTools(chain.lineage, answer, asked.tools) };
  } catch (error) {
    // A useless answer was paid for, and would be again: the failure is remembered.
    if (error instanceof ProcessingError && chain.lineage.length > 0)
      return { failure: error.message, lineage: chain.lineage };
    lost.push(...chain.lineage);
    throw error;
  }
}

/** The conversation as messages, and as notes; one and the same where nothing was asked yet. */
function requestsOf(asked: AgentAsked<unknown>, turns: readonly Turn[]): [ChatRequest, ...ChatRequest[]] {
  const { step, schema } = asked;
  const tools = Object.entries(asked.tools).map(([name, tool]) => ({
    ...{ name, description: tool.description, schema: tool.schema },
  }));
  const first = messagesOf(asked);
  const notes = notesOf(turns, false);
  const request = { step, schema, tools };
  if (notes === undefined) return [{ ...request, messages: first }];
  return [
    { ...request, messages: [...first, ...messagesAfter(turns)] },
    { ...request, messages: [...first, { role: 'user', content: notes }] },
  ];
}

/** As endpoints outside get it. */
function cleared({ automation }: RunnerOptions, step: string, turns: readonly Turn[]): Turn[] {
  if (!automation.privacy) return [...turns];
  return turns.map((turn) =>
    turn.map(({ call, said }) => {
      const given = jsonOf(call.arguments) ?? call.arguments;
      const clear = forOutside(automation, step, { given, said });
      return { call: { ...call, arguments: JSON.stringify(clear.given) }, said: clear.said };
    }),
  );
}

/**
 * Models, by endpoint, that refused a conversation with calls in it and took it as notes: some servers want back with each call what
 * they alone understand.
 */
const takeNotes = new Set<string>();

function turnCall<T>(
  controlTable: string,
  asked: AgentAsked<T>,
  [request, noted]: readonly [ChatRequest, ...ChatRequest[]],
  candidate: Candidate,
): PaidCall<TurnSaid<T>> {
  const { step, prompt } = asked;
  const { endpoint, offer } = candidate;
  const inputTokens = Math.max(...[request, noted ?? request].map((it) => inputBound(endpoint, it)));
  const one = { inputTokens, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  const worst = noted ? [one, one] : [one];
  return {
    about: { step, promptVersion: prompt.version, promptHash: promptHash(prompt.text) },
    worst,
    likelyTokens: likelyTokens(inputTokens) + offer.maxOutputTokens,
    run: async (requests) => {
      const ask = asker(controlTable, candidate, requests, worst);
      const reply = await inEitherForm(ask, candidate, request, noted).catch((error: unknown) => {
        if (!(error instanceof CallFailure) || error.again === undefined) throw error;
        return error;
      });
      const result = reply instanceof CallFailure ? UNFIT : await judged(asked, reply);
      return { result, headers: reply.headers };
    },
  };
}

/** A refusal of the conversation did no work: it goes out again as notes, and from then on at once. */
async function inEitherForm(
  ask: (request: ChatRequest) => Promise<Reply>,
  { endpoint, offer }: Candidate,
  request: ChatRequest,
  noted: ChatRequest | undefined,
): Promise<Reply> {
  const model = `${endpoint.name}/${offer.name}`;
  if (!noted || takeNotes.has(model)) return ask(noted ?? request);
  try {
    return await ask(request);
  } catch (error) {
    if (!(error instanceof CallFailure) || error.kind !== 'request') throw error;
    const reply = await ask(noted);
    takeNotes.add(model);
    return reply;
  }
}

/** It is asked once more, for its answer alone. */
const UNFIT = { ends: 'unfit' } as const;

/** Who calls tools has not answered, whatever stands beside the calls. */
async function judged<T>(asked: AgentAsked<T>, reply: Reply): Promise<TurnSaid<T>> {
  if (reply.called) return reply.called;
  if (reply.fault) return UNFIT;
  try {
    const read = await readAnswer(reply.text, asked.schema, asked.missing?.bind(asked));
    return read.ok ? { answer: read.value } : UNFIT;
  } catch (cause) {
    throw new CallFailure('unusable', `the check of the answer to '${asked.step}' failed by itself`, {
      cause,
    });
  }
}

/** By the names that code gave them: a tool that the model made up is `unknown`. */
function withTools<T>(
  lineage: readonly LineageEntry[],
  said: TurnSaid<T>,
  tools: AgentTools,
): LineageEntry[] {
  if (!('calls' in said)) return [...lineage];
  const names = said.calls.map((call) => (toolOf(call, tools) ? call.name : 'unknown'));
  return lineage.map((entry, at) => (at === lineage.length - 1 ? { ...entry, tools: names } : entry));
}
