import type { SandboxKnowledge } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { SIGNS } from './sandbox/signs.ts';

export const sandbox: SandboxKnowledge = { steps: { route: routeBy(SIGNS) } };
