import type { Usage } from '../../contract/endpoint.ts';
import { promptHash } from '../lineage.ts';
import type { PaidCall, Requests } from '../paid-call.ts';
import { worstCalls } from '../prices.ts';
import type { Candidate } from '../router.ts';
import { type ChatRequest, chat, type Message } from '../wire/chat.ts';
import type { Reply } from '../wire/completion.ts';
import { knowing, lacking, learn } from '../wire/parameters.ts';
import { likelyTokens } from '../wire/tokens.ts';
import { type Answer, type Asked, answerOf } from './answer.ts';

export interface ChatOptions {
  controlTable: string;
  /** The upper bound on the input tokens of one request. */
  inputTokens: number;
  logprobs: boolean;
  temperature?: number | undefined;
  /** Part of `inputTokens`. @default 0 */
  pictureTokens?: number | undefined;
  /** Whether it may wait for room that costs less. @default false */
  flex?: boolean | undefined;
  /** An answer that was paid for elsewhere: only what is wrong with it is asked for. @default none */
  first?: Reply | undefined;
  /** What the endpoint may read of a text. @default all of it */
  clear?: (words: string) => string;
}

/**
 * How a candidate is asked: each request by what is known of its model by then; what it turns out to lack is remembered.
 * @param worst what each request was booked at, in their order
 */
export function asker(
  controlTable: string,
  { endpoint: named, offer }: Candidate,
  requests: Requests,
  worst: readonly Usage[],
): (request: ChatRequest) => Promise<Reply> {
  let endpoint = knowing(controlTable, named, offer);
  return async (request) => {
    const inputMost = worst[requests.made.length]?.inputTokens;
    const reply = await requests.make(() => chat(endpoint, offer, { ...request, inputMost }));
    if (!reply.lacks) return reply;
    endpoint = lacking(endpoint, reply.lacks);
    await learn(controlTable, named, offer, reply.lacks);
    return reply;
  };
}

/** The call of `step.model`: one structured answer, asked for again at most once. */
export function chatCall<T>(
  options: ChatOptions,
  asked: Asked<T>,
  candidate: Candidate,
): PaidCall<Answer<T>> {
  const { controlTable, inputTokens, logprobs, temperature, pictureTokens, flex } = options;
  const { clear = (words: string) => words } = options;
  const { step, prompt, schema } = asked;
  const { offer } = candidate;
  const worst = worstCalls(offer, inputTokens);
  return {
    about: { step, promptVersion: prompt.version, promptHash: promptHash(prompt.text) },
    worst,
    likelyTokens: likelyTokens(inputTokens) + offer.maxOutputTokens,
    run: async (requests) => {
      const ask = asker(controlTable, candidate, requests, worst);
      let before = options.first;
      const answer = await answerOf(async (said) => {
        const [told] = [before];
        before = undefined;
        if (told) return told;
        // Beyond prompt and input, a second request holds the first answer and what code says of it.
        const messages = said.map((one, at) =>
          at < 2 || typeof one.content !== 'string'
            ? one
            : ({ ...one, content: clear(one.content) } as Message),
        );
        return ask({ step, messages, schema, logprobs, temperature, pictureTokens, flex });
      }, asked);
      return { result: answer, headers: answer.reply.headers };
    },
  };
}
