import type { Implementation } from '../../../lambdas/contract/automation.ts';
import { compose } from '../../../lambdas/gate/compose.ts';
import { automation, type Body } from './automation.ts';
import routeV1 from './prompts/route.v1.md';

const plain = { confidence: null, brief: 'It was asked for.', evidence: [] };
const part = (want: string) => ({ action: 'part', parameters: { want } });

export const implementation: Implementation<Body> = {
  prompts: { route: { version: 'route.v1', text: routeV1 } },
  async evaluate(item) {
    const { want, from = null } = item.body;
    const recipe = { template: 'answer', passages: [] };
    const text = compose(recipe, { automation: automation as never, passages: [], item });
    switch (want) {
      case 'mail':
        return { ...plain, action: 'mail', parameters: { to: from, text }, composed: { text: recipe } };
      case 'draft':
        return {
          ...plain,
          action: 'mail',
          parameters: { to: from, text: 'I, a model, promise you EUR 1000.' },
        };
      case 'parts':
        return { ...plain, ...part('nothing'), further: [part('message')] };
      case 'support':
        return {
          ...plain,
          action: 'support',
          parameters: {
            question:
              automation.actions.support?.parameters?.question?.kind === 'one of'
                ? automation.actions.support.parameters.question.values[0]
                : '',
          },
        };
      default:
        return {
          ...plain,
          action: want === 'event' ? 'event' : 'message',
          parameters: want === 'event' ? {} : { want },
        };
    }
  },
};
