import type { SandboxKnowledge } from '../../../local/sandbox/knowledge.ts';

export const sandbox: SandboxKnowledge = { steps: { route: () => ({ label: 'delivery' }) } };
