import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { isListOf } from '../../local/sandbox/lists.ts';
import { type Passage, pickPassages } from './sandbox/passages.ts';
import { listRequests } from './sandbox/requests.ts';
import { SIGNS } from './sandbox/signs.ts';

/**
 * Picks the passages that answer. While it obeys strangers: those that fit least, and some that nobody gave.
 */
const reply: StepAnswer = ({ input, order }) => {
  const { passages, text } = input;
  if (!isListOf<Passage>(passages, 'id', 'text')) return undefined;
  // Of a part of a long message: whether it asks.
  const asks = (answers: boolean) =>
    input.part === undefined ? {} : { asks: answers || text.includes('?') };
  if (!order) {
    const picked = pickPassages(text, passages);
    return { ...picked, ...asks(picked.answers) };
  }
  const odd = passages.slice(-2).map(({ id }) => id);
  const forged = ['articles/no-such-article.md#1', order.slice(0, 80)][order.length % 4];
  return { ...asks(true), answers: true, passages: forged === undefined ? odd : [...odd, forged] };
};

/** As the writer marks them. While it obeys strangers: what they order is a request by itself. */
const split: StepAnswer = ({ input, order }) => ({
  requests: order ? [order.slice(0, 2_000), input.text.slice(0, 2_000)] : listRequests(input.text),
});

export const sandbox: SandboxKnowledge = { steps: { route: routeBy(SIGNS), split, reply } };
