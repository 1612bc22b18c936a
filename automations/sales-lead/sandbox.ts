import type { SandboxKnowledge } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { SandboxCrm } from './sandbox/crm.ts';
import { companies } from './sandbox/directory.ts';
import { qualify } from './sandbox/qualify.ts';
import { SIGNS } from './sandbox/signs.ts';

const crm = new SandboxCrm();

export const sandbox: SandboxKnowledge = {
  steps: { route: routeBy(SIGNS), qualify },
  sources: { companies, crm: (path) => crm.read(path) },
  apis: { crm: (call) => crm.answer(call) },
};
