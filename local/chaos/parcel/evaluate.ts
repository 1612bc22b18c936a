import type { Implementation } from '../../../lambdas/contract/automation.ts';
import type { Parcel } from './automation.ts';
import routeV1 from './prompts/route.v1.md';

const prompts = { route: { version: 'route.v1', text: routeV1 } };

export const implementation: Implementation<Parcel> = {
  prompts,
  evaluate: async ({ label, body }) => ({
    ...{ action: 'file', parameters: { label, parcel: body.parcel } },
    further: [{ action: 'stamp', parameters: { parcel: body.parcel } }],
    ...{ confidence: null, brief: '', evidence: [] },
  }),
};
