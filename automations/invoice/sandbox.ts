import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { extract, obeying } from './sandbox/extract.ts';
import { SIGNS } from './sandbox/signs.ts';

/** Of a part of a long text that names no invoice. */
const NOTHING = Object.fromEntries(
  'number issueDate gross dueDate currency vatId iban order net vat brief'
    .split(' ')
    .map((field) => [field, '']),
);

/** Copies the facts of an invoice by the words before them. */
const copy: StepAnswer = ({ input, order }) => {
  const found = extract(input.text) ?? (input.part === undefined ? undefined : NOTHING);
  return order && found !== NOTHING ? obeying(found, order) : found;
};

export const sandbox: SandboxKnowledge = { steps: { route: routeBy(SIGNS), extract: copy } };
