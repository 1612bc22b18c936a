import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { extract, obeying } from './sandbox/extract.ts';
import { found } from './sandbox/orders.ts';
import { SIGNS } from './sandbox/signs.ts';
import { searched } from './sandbox/vendors.ts';

/** Of a part of a long text that names no invoice. */
const NOTHING = {
  ...Object.fromEntries(
    'number issueDate gross dueDate currency seller vatId iban order net vat brief'
      .split(' ')
      .map((field) => [field, '']),
  ),
  lines: [],
};

/** Copies the facts of an invoice by the words before them. */
const copy: StepAnswer = ({ input, order }) => {
  const read = extract(input.text) ?? (input.part === undefined ? undefined : NOTHING);
  return order && read !== NOTHING ? obeying(read, order) : read;
};

export const sandbox: SandboxKnowledge = {
  steps: { route: routeBy(SIGNS), extract: copy },
  sources: {
    vendors: (path, query) => (path === 'vendors' ? searched(query) : undefined),
    'purchase-orders': (path, query) => (path === 'orders' ? found(query) : undefined),
  },
};
