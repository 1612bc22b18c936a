import type { SandboxKnowledge } from '../../../local/sandbox/knowledge.ts';

/** Does as its prompt says: the second version is worse. */
export const sandbox: SandboxKnowledge = {
  steps: { route: ({ prompt }) => ({ label: prompt.includes('this version is worse') ? 'other' : 'known' }) },
};
