import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { isListOf } from '../../local/sandbox/lists.ts';
import { type Passage, pickPassages } from './sandbox/passages.ts';
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
  const forged = ['no-such-article#1', order.slice(0, 80)][order.length % 4];
  return { ...asks(true), answers: true, passages: forged === undefined ? odd : [...odd, forged] };
};

export const sandbox: SandboxKnowledge = { steps: { route: routeBy(SIGNS), reply } };
