import { type Answer, type Asked, answerOf } from './answer/answer.ts';
import { promptHash } from './lineage.ts';
import type { PaidCall } from './paid-call.ts';
import { worstCalls } from './prices.ts';
import type { Candidate } from './router.ts';
import { chat, type Message } from './wire/chat.ts';
import { knowingLimit, learnLimit, withOldLimit } from './wire/limit-field.ts';
import { likelyTokens } from './wire/tokens.ts';

export interface ChatOptions {
  controlTable: string;
  /** The upper bound on the input tokens of one request. */
  inputTokens: number;
  logprobs: boolean;
  temperature?: number | undefined;
}

/** The call of `step.model`: one structured answer, asked for again at most once. */
export function chatCall<T>(
  { controlTable, inputTokens, logprobs, temperature }: ChatOptions,
  asked: Asked<T>,
  { endpoint: named, offer }: Candidate,
): PaidCall<Answer<T>> {
  const { step, prompt, schema } = asked;
  const worst = worstCalls(offer, inputTokens);
  return {
    about: { step, promptVersion: prompt.version, promptHash: promptHash(prompt.text) },
    worst,
    likelyTokens: likelyTokens(inputTokens) + offer.maxOutputTokens,
    run: async (requests) => {
      let endpoint = knowingLimit(controlTable, named, offer);
      const ask = async (messages: readonly Message[]) => {
        const inputMost = worst[requests.made.length]?.inputTokens;
        const request = { step, messages, schema, logprobs, temperature, inputMost };
        const reply = await requests.make(() => chat(endpoint, offer, request));
        if (!reply.oldLimit) return reply;
        endpoint = withOldLimit(endpoint);
        await learnLimit(controlTable, named, offer);
        return reply;
      };
      const answer = await answerOf(ask, asked);
      return { result: answer, headers: answer.reply.headers };
    },
  };
}
