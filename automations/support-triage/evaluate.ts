import * as z from 'zod/mini';
import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { Evidence } from '../../lambdas/contract/item/proposal.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { automation, handOver, type Ticket } from './automation.ts';
import { passages, search } from './knowledge.ts';
import replyV2 from './prompts/reply.v2.md';
import routeV1 from './prompts/route.v1.md';

const pick = z.strictObject({
  answers: z.boolean(),
  passages: z.array(z.string().check(z.maxLength(80))).check(z.maxLength(3)),
});

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  reply: { version: 'reply.v2', text: replyV2 },
};

/** The model picks passages it was really given; the words of the reply are theirs and the template's. */
export const implementation: Implementation<Ticket> = {
  prompts,
  passages,
  async evaluate(item, step) {
    const found = search(passages, item.text, 4);
    if (found.length === 0) return handOver(item, 'no help article has words in common with the message');
    const picked = await step.model('reply', {
      prompt: prompts.reply,
      input: { label: item.label, text: item.text, passages: found },
      schema: pick,
    });
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
