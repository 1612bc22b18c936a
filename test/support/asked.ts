import type { Automation } from '../../lambdas/contract/automation.ts';

/* The company's own systems, where an automation's thinking is called without the runner of steps. */

/** Whether it asks sources or collections while it thinks. */
export const asks = ({ lookups, collections }: Pick<Automation, 'lookups' | 'collections'>): boolean =>
  lookups !== undefined || collections !== undefined;

/** Sources say what a case says they do, else what the sandbox says; collections of the folder are searched by words. */
export { askingHere as askedAs } from '../../local/asking.ts';
