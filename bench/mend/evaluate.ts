import type { Implementation } from '../../lambdas/contract/automation.ts';
import routeV1 from './prompts/route.v1.md';

export const implementation: Implementation = {
  prompts: { route: { version: 'route.v1', text: routeV1 } },
  evaluate: async ({ label }) => ({
    action: 'file',
    parameters: { label },
    confidence: null,
    brief: '',
    evidence: [],
  }),
};
