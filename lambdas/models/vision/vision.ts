import * as z from 'zod/mini';
import { VISION } from '../../contract/document.ts';
import type { LineageEntry } from '../../contract/item/row.ts';
import { ProcessingError } from '../../kit/errors.ts';
import type { Remembered } from '../../tables/idempotency/once.ts';
import { type Answer, type Asked, messagesOf } from '../answer/answer.ts';
import { chatCall } from '../answer/chat-call.ts';
import { readCapabilities } from '../capabilities.ts';
import { withCapabilities } from '../chat.ts';
import { FallbackChain } from '../fallback.ts';
import type { PaidCall } from '../paid-call.ts';
import { keptInside, placesFor } from '../residency.ts';
import { type Candidate, candidatesFor } from '../router.ts';
import { type ItemBudget, payerOf, type RunnerOptions, type StepMoney } from '../runner.ts';
import { inputBound } from '../wire/chat.ts';
import { dataUrl, pictureTokens } from './picture.ts';
import { PAGE_PROMPT } from './prompt.ts';

const page = z.strictObject({ text: z.string() });
type PageText = z.output<typeof page>;

/** What a model reads on the picture of a page; from the fallback chain, as a structured answer. */
export async function lookAt(
  options: RunnerOptions,
  picture: Uint8Array,
  { budget, money, lost }: { budget: ItemBudget; money: StepMoney; lost: LineageEntry[] },
): Promise<Remembered<string>> {
  // Nothing takes personal data out of a picture.
  const { controlTable, automation, body, endpoints } = keptInside(options);
  const { tier = 'small', mostUsd: own = Number.POSITIVE_INFINITY } = automation.steps?.[VISION] ?? {};
  const mostUsd = Math.min(budget.leftUsd, own);
  const asked: Asked<PageText> = {
    ...{ step: VISION, prompt: PAGE_PROMPT, input: { page: 'on the picture' }, schema: page },
    picture: dataUrl(picture),
  };
  const capabilities = await readCapabilities(controlTable, endpoints);
  const seeing = endpoints.flatMap((endpoint) =>
    endpoint.models
      .filter(({ vision }) => vision)
      .map((offer) => ({ endpoint: withCapabilities(endpoint, offer.name, capabilities), offer })),
  );
  const need = {
    ...{ tier, residencies: placesFor(automation, body), mostUsd, needs: ['chat', 'vision'] as const },
    inputTokens: Math.max(0, ...seeing.map((at) => boundOf(at, asked, picture))),
  };
  const list = candidatesFor(VISION, endpoints, need, capabilities).map((it) => ({
    ...it,
    endpoint: withCapabilities(it.endpoint, it.offer.name, capabilities),
  }));
  const chain = new FallbackChain<Answer<PageText>>(payerOf(options), { mostUsd, money }, (candidate) =>
    visionCall(controlTable, asked, candidate, picture),
  );
  try {
    const { answer } = await chain.run(list);
    return { value: answer.value.text, lineage: chain.lineage };
  } catch (error) {
    // A useless answer was paid for, and would be again: the failure is remembered.
    if (error instanceof ProcessingError && chain.lineage.length > 0)
      return { failure: error.message, lineage: chain.lineage };
    lost.push(...chain.lineage);
    throw error;
  }
}

/** The call of `see`: one page as a picture, asked for again at most once. */
export function visionCall(
  controlTable: string,
  asked: Asked<PageText>,
  candidate: Candidate,
  picture: Uint8Array,
): PaidCall<Answer<PageText>> {
  const ofPicture = pictureTokens(candidate.offer, picture);
  const inputTokens = boundOf(candidate, asked, picture);
  return chatCall({ controlTable, inputTokens, logprobs: false, pictureTokens: ofPicture }, asked, candidate);
}

function boundOf(
  { endpoint, offer }: Pick<Candidate, 'endpoint' | 'offer'>,
  asked: Asked<PageText>,
  picture: Uint8Array,
): number {
  const { step, schema } = asked;
  return inputBound(endpoint, {
    ...{ step, messages: messagesOf(asked), schema },
    pictureTokens: pictureTokens(offer, picture),
  });
}
