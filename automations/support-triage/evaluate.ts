import * as z from 'zod/mini';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Evidence } from '../../lambdas/contract/item/proposal.ts';
import type { Passage } from '../../lambdas/contract/parameters.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { inWhole } from '../../lambdas/kit/long/ask.ts';
import { automation, handOver, type Ticket } from './automation.ts';
import { passages, search } from './knowledge.ts';
import replyV2 from './prompts/reply.v2.md';
import routeV1 from './prompts/route.v1.md';

/** Of one reply. */
const MOST_PASSAGES = 3;

const pick = z.strictObject({
  answers: z.boolean(),
  passages: z.array(z.string().check(z.maxLength(80))).check(z.maxLength(MOST_PASSAGES)),
});
type Pick = z.output<typeof pick>;

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  reply: { version: 'reply.v2', text: replyV2 },
};

/** Of a part of a long message. */
const pickOfPart = z.strictObject({ asks: z.boolean(), ...pick.shape });
const ASKS =
  'In `asks` say whether this part asks us anything, or wants something done. Where it only tells or quotes, `asks` and `answers` are false, and `passages` is empty.';

/** Every part that asks must be answered, and all of the message by three passages. */
async function picksFor(item: Routed<Ticket>, step: StepRunner, found: readonly Passage[]): Promise<Pick> {
  const { label } = item;
  const asked = {
    prompt: prompts.reply,
    input: ({ text }: { text: string }) => ({ label, text, passages: found }),
  };
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

/** The model picks passages it was really given; the words of the reply are theirs and the template's. */
export const implementation: Implementation<Ticket> = {
  prompts,
  passages,
  async evaluate(item, step) {
    const found = search(passages, item.whole ?? item.text, 4);
    if (found.length === 0) return handOver(item, 'no help article has words in common with the message');
    const picked = await picksFor(item, step, found);
    const ids = [...new Set(picked.passages)];
    const evidence: Evidence[] = ids.flatMap((picked) =>
      found.flatMap(({ id, text }) => (id === picked ? { source: id, quote: text } : [])),
    );
    const toPerson = (reason: string) => {
      const handed = handOver(item, reason);
      // The nearest passages spare the person the search.
      const nearest = found.map(({ id, text }) => ({ source: id, quote: text }));
      return { ...handed, evidence: [...handed.evidence, ...nearest] };
    };
    if (!picked.answers || ids.length === 0) return toPerson('no help article answers the message');
    if (evidence.length < ids.length) return toPerson('the model picked passages it was not given');
    const recipe = { template: 'answer', passages: ids };
    const reply = compose(recipe, { automation, passages, item });
    if (reply === undefined) return toPerson('the picked passages make no reply');
    return {
      action: 'reply',
      parameters: { to: item.body.from ?? null, label: item.label, reply, sources: ids },
      composed: { reply: recipe },
      confidence: null,
      brief: `Composed from ${ids.length === 1 ? 'one passage' : `${ids.length} passages`} of the help articles.`,
      briefBy: 'code',
      evidence,
    };
  },
};
