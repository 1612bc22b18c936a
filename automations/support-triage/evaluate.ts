import * as z from 'zod/mini';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal, Proposed } from '../../lambdas/contract/item/proposal.ts';
import { cited, type Found } from '../../lambdas/contract/steps/knowledge.ts';
import { composedOf } from '../../lambdas/gate/compose.ts';
import { inWhole } from '../../lambdas/kit/long/ask.ts';
import { automation, handOver, type Ticket } from './automation.ts';
import { centreOf, isOfAnother, namedIn, wantsDone } from './products.ts';
import replyV2 from './prompts/reply.v2.md';
import routeV2 from './prompts/route.v2.md';
import { requestsIn, split } from './requests.ts';

/** Of one reply. */
const MOST_PASSAGES = 3;
/** What the model chooses from. A help centre of hundreds of products needs more of a choice. */
const GIVEN = { articles: 4, help: 6 };

const pick = z.strictObject({
  answers: z.boolean(),
  passages: z.array(z.string().check(z.maxLength(80))).check(z.maxLength(MOST_PASSAGES)),
});
type Pick = z.output<typeof pick>;

const prompts = {
  route: { version: 'route.v2', text: routeV2 },
  split,
  reply: { version: 'reply.v2', text: replyV2 },
};

/** Of a part of a long message. */
const pickOfPart = z.strictObject({ asks: z.boolean(), ...pick.shape });
const ASKS =
  'In `asks` say whether this part asks us anything, or wants something done. Where it only tells or quotes, `asks` and `answers` are false, and `passages` is empty.';

/** Every part that asks must be answered, and all of the message by three passages. */
async function picksFor(item: Routed<Ticket>, step: StepRunner, found: readonly Found[]): Promise<Pick> {
  const { label } = item;
  const passages = found.map(({ id, text }) => ({ id, text }));
  const asked = { prompt: prompts.reply, input: ({ text }: { text: string }) => ({ label, text, passages }) };
  if (item.whole === undefined) {
    const [all] = await inWhole(step, 'reply', item, { ...asked, schema: pick });
    return all as Pick;
  }
  const parts = await inWhole(step, 'reply', item, { ...asked, schema: pickOfPart, note: ASKS });
  const asking = parts.filter(({ asks }) => asks);
  const ids = [...new Set(asking.flatMap((part) => part.passages))];
  return {
    answers: asking.length > 0 && asking.every(({ answers }) => answers) && ids.length <= MOST_PASSAGES,
    passages: ids.slice(0, MOST_PASSAGES),
  };
}

/** One reply. The model picks passages it was really given; the words of the reply are theirs and the template's. */
async function answered(item: Routed<Ticket>, step: StepRunner): Promise<Proposal> {
  const text = item.whole ?? item.text;
  const centre = centreOf(text);
  const found = await step.search(centre, text, { most: GIVEN[centre] });
  if (found.length === 0) return handOver(item, 'no help article has words in common with the message');
  // The nearest passages spare the person the search, and so do the procedures.
  const toPerson = async (reason: string) => {
    const handed = handOver(item, reason);
    const procedures = centre === 'help' ? await step.search('procedures', text, { most: 2 }) : [];
    return { ...handed, evidence: [...handed.evidence, ...[...found, ...procedures].map(cited)] };
  };
  if (centre === 'help' && wantsDone(text))
    return toPerson('the message asks for something to be done with an account');
  const { answers, passages } = await picksFor(item, step, found);
  if (!answers || passages.length === 0) return toPerson('no help article answers the message');
  const reply = composedOf(passages, { automation, item, given: found, template: 'answer' });
  if (typeof reply === 'string') return toPerson(reply);
  const sources = reply.recipe.passages;
  const named = namedIn(text);
  if (found.some(({ id, source }) => sources.includes(id) && isOfAnother(source, named)))
    return toPerson('the picked passages are about another product than the message');
  return {
    action: 'reply',
    parameters: { to: item.body.from ?? null, label: item.label, reply: reply.text, sources },
    composed: { reply: reply.recipe },
    confidence: null,
    brief: `Composed from ${sources.length === 1 ? 'one passage' : `${sources.length} passages`} of the help articles.`,
    briefBy: 'code',
    evidence: reply.evidence,
  };
}

export const implementation: Implementation<Ticket, Proposed> = {
  prompts,
  async evaluate(item, step) {
    const requests = await requestsIn(item, step);
    if (requests.kind === 'one') return answered(item, step);
    if (requests.kind === 'unsure') return handOver(item, requests.why);
    const from = item.body.from ?? null;
    return {
      actions: requests.parts.map((request) => ({
        action: 'split',
        parameters: { request, from, label: item.label },
      })),
      confidence: null,
      brief: `The message holds ${requests.parts.length} requests: each is answered by itself.`,
      briefBy: 'code',
      evidence: requests.parts.map((quote) => ({ source: 'the message', quote })),
    };
  },
};
