import * as z from 'zod/mini';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { cited } from '../../lambdas/contract/steps/knowledge.ts';
import { composedOf } from '../../lambdas/gate/compose.ts';
import { automation } from './automation.ts';
import { incidentIn } from './incident.ts';
import type { Ask } from './message.ts';
import pickV1 from './prompts/pick.v1.md';
import routeV1 from './prompts/route.v1.md';
import { questionIn } from './question.ts';
import { incidentFor, ticketFor } from './ticket.ts';

/** Of one answer. */
const MOST_PASSAGES = 3;
const GIVEN = 4;

const pick = z.strictObject({
  answers: z.boolean(),
  passages: z.array(z.string().check(z.maxLength(120))).check(z.maxLength(MOST_PASSAGES)),
});

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  pick: { version: 'pick.v1', text: pickV1 },
};

export const implementation: Implementation<Ask> = {
  prompts,
  async evaluate(item, step) {
    const { label, text, whole = text } = item;
    if (label === 'Security') return incidentFor(item, incidentIn(whole) ?? 'other');
    if (label === 'Access') return ticketFor(item, 'rights are asked for');
    // A letter is no question that an article answers.
    if (item.whole !== undefined) return ticketFor(item, 'no article answers it');
    return (await answered(item, step)) ?? ticketFor(item, 'no article answers it');
  },
};

/**
 * Whole passages of the articles that the model picks; it writes no word of the answer. Undefined: they answer nothing. What the step is
 * given follows from the label and the question alone.
 */
async function answered(item: Routed<Ask>, step: StepRunner): Promise<Proposal | undefined> {
  const { label } = item;
  const question = questionIn(item.text);
  const found = await step.search('help', question, { most: GIVEN });
  if (found.length === 0) return undefined;
  const passages = found.map(({ id, place, text }) => ({ id, place, text }));
  const picked = await step.model('pick', {
    prompt: prompts.pick,
    input: { label, text: question, passages },
    schema: pick,
  });
  if (!picked.answers || picked.passages.length === 0) return undefined;
  const reply = composedOf(picked.passages, { automation, item, given: found, template: 'answer' });
  if (typeof reply === 'string') return undefined;
  const { passages: ids } = reply.recipe;
  return {
    action: 'answer',
    parameters: { to: item.body.from ?? null, label, reply: reply.text, sources: ids },
    composed: { reply: reply.recipe },
    confidence: null,
    brief: `Composed from ${ids.length === 1 ? 'one passage' : `${ids.length} passages`} of the help articles.`,
    briefBy: 'code',
    evidence: found.filter(({ id }) => ids.includes(id)).map(cited),
  };
}
