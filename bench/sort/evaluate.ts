import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { Ticket } from './automation.ts';
import routeV1 from './prompts/route.v1.md';

const prompts = { route: { version: 'route.v1', text: routeV1 } };

export const implementation: Implementation<Ticket> = {
  prompts,
  evaluate: async ({ label, body }) => ({
    action: 'file',
    parameters: { label, ticket: body.ticket },
    confidence: null,
    brief: '',
    evidence: [],
  }),
};
