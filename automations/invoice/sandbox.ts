import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { extract, obeying } from './sandbox/extract.ts';
import { SIGNS } from './sandbox/signs.ts';

/** Copies the facts of an invoice by the words before them. */
const copy: StepAnswer = ({ input, order }) => {
  const found = extract(input.text);
  return order ? obeying(found, order) : found;
};

export const sandbox: SandboxKnowledge = { steps: { route: routeBy(SIGNS), extract: copy } };
