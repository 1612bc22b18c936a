import { isDeepStrictEqual } from 'node:util';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { actionsOf, type ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import type { Change } from '../../lambdas/contract/steps/rehearsal.ts';
import { amountIn } from '../../lambdas/gate/amount.ts';

/** What an item came to. */
export interface Outcome {
  label: string;
  verdict: Verdict;
  /** The names of its actions. */
  actions: string;
  /** The money at stake, such as `EUR 24.90`; empty where the actions name none. */
  amount: string;
  listed: readonly ProposedAction[];
}

interface Judged {
  label: string;
  verdict: Verdict;
  proposal: ProposedAction & { further?: readonly ProposedAction[] };
}

export function outcomeOf({ actions }: Automation, { label, verdict, proposal }: Judged): Outcome {
  const listed = actionsOf(proposal);
  const { currency = '', value = '' } = amountIn(actions, listed) ?? {};
  return {
    ...{ label, verdict, listed },
    actions: listed.map(({ action }) => action).join(', '),
    amount: `${currency} ${value}`.trim(),
  };
}

/** Undefined where both are the same. */
export function changeOf(was: Outcome, is: Outcome): Omit<Change, 'id'> | undefined {
  const same = was.actions === is.actions;
  const parameters = same ? was.listed.flatMap((one, at) => differing(one, is.listed[at])) : [];
  const change: Omit<Change, 'id'> = {
    ...(was.label === is.label ? {} : { label: [was.label, is.label] }),
    ...(was.verdict === is.verdict ? {} : { verdict: [was.verdict, is.verdict] }),
    ...(same ? {} : { actions: [was.actions, is.actions] }),
    ...(was.amount === is.amount ? {} : { amount: [was.amount, is.amount] }),
    ...(parameters.length > 0 ? { parameters: [...new Set(parameters)] } : {}),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

function differing({ parameters: was }: ProposedAction, other: ProposedAction | undefined): string[] {
  const { parameters: is = {} } = other ?? {};
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  // What was kept went through JSON.
  const plain = (value: unknown) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
  return [...names].filter((name) => !isDeepStrictEqual(plain(was[name]), plain(is[name])));
}
