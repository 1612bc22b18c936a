import * as z from 'zod/mini';
import type { Implementation } from '../../lambdas/shared/automation.ts';
import type { Evidence } from '../../lambdas/shared/item.ts';
import { handOver, type Ticket } from './automation.ts';
import { passages, search } from './knowledge.ts';
import replyV1 from './prompts/reply.v1.md';
import routeV1 from './prompts/route.v1.md';

const reply = z.strictObject({
  grounded: z.boolean(),
  reply: z.string().check(z.maxLength(4000)),
  sources: z.array(z.string()),
});

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  reply: { version: 'reply.v1', text: replyV1 },
};

/** A reply is proposed only when it names passages it was really given; anything else is a person's work. */
export const implementation: Implementation<Ticket> = {
  prompts,
  async evaluate(item, step) {
    const found = search(passages, item.text, 4);
    if (found.length === 0) return handOver(item, 'no help article has words in common with the message');
    const draft = await step.model('reply', {
      prompt: prompts.reply,
      input: { label: item.label, text: item.text, passages: found },
      schema: reply,
    });
    const evidence: Evidence[] = found
      .filter(({ source }) => draft.sources.includes(source))
      .map(({ source, text }) => ({ source, quote: text }));
    const invented = draft.sources.filter((source) => !found.some((passage) => passage.source === source));
    if (!draft.grounded || !draft.reply.trim()) return handOver(item, 'no help article answers the message');
    if (evidence.length === 0 || invented.length > 0)
      return handOver(item, 'the drafted reply names sources it was not given');
    return {
      action: 'reply',
      parameters: {
        to: item.body.from ?? null,
        label: item.label,
        reply: draft.reply,
        sources: draft.sources,
      },
      confidence: null,
      brief: `Drafted from ${evidence.length} passage(s) of the help articles.`,
      evidence,
    };
  },
};
