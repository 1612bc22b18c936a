import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { Message } from './message.ts';
import routeV1 from './prompts/route.v1.md';
import { knownOf, lineFor, passedOn } from './sorted.ts';

/** One word of a model is all that is asked: the label. What else a line needs, code finds, or a person says. */
export const implementation: Implementation<Message> = {
  prompts: { route: { version: 'route.v1', text: routeV1 } },
  async evaluate(item) {
    const known = knownOf(item);
    // Only a refund needs what is not clear.
    const reason = item.label === 'Billing' ? known.unclear : undefined;
    return passedOn(item, { line: lineFor(item.label, known), known, reason });
  },
};
