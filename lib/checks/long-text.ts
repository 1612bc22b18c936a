import type { Automation } from '../../lambdas/contract/automation.ts';
import { callsFor, MOST_CALLS } from '../../lambdas/kit/long/calls.ts';
import { PART_CHARACTERS } from '../../lambdas/kit/long/parts.ts';
import { exact, worstCase } from '../../lambdas/models/prices.ts';
import type { ResolvedConfig } from '../config.ts';
import { offersFor, thatCan } from './models/offers.ts';

/** It reads a body, and no text. */
const REPAIR = 'repair';

/** Tokens of the prompt and of the schema beside a part. */
const WORDS = 1000;

/** What is wrong with how it reads long texts: a number that is none, or a price that no item can pay. */
export function faultsInLongText(automation: Automation, config: ResolvedConfig): string[] {
  const { longText, budget } = automation;
  if (!longText) return [];
  const { mostCalls } = longText;
  if (!(Number.isInteger(mostCalls) && mostCalls > 1 && mostCalls <= MOST_CALLS))
    return [`'longText.mostCalls' must be a whole number from 2 to ${MOST_CALLS}`];
  const most = worstOfLongText(automation, config);
  return most > budget.perItemUsd
    ? [
        `'longText.mostCalls' is ${mostCalls}: a text of so many parts may cost $${most}, and 'budget.perItemUsd' is ${budget.perItemUsd}; raise that, or take fewer`,
      ]
    : [];
}

/** What will not work as it may be meant to, where nothing is said of long texts: many of them are a person's then. */
export function warningsAboutLongText(automation: Automation, config: ResolvedConfig): string[] {
  if (automation.longText !== undefined) return [];
  const [most, { perItemUsd }] = [worstOfLongText(automation, config), automation.budget];
  return most > perItemUsd
    ? [
        `${automation.name}: a text of ${callsFor(automation)} parts may cost $${most}, and 'budget.perItemUsd' is ${perItemUsd}: where it is not enough, a person reads the text. Raise it, or set 'longText.mostCalls' lower`,
      ]
    : [];
}

/** Of the longest text, if every step reads all of its parts at the cheapest model, each asked again once. */
function worstOfLongText(automation: Automation, { endpoints }: ResolvedConfig): number {
  const calls = callsFor(automation);
  const steps = Object.keys(automation.prompts)
    .filter((step) => step !== REPAIR)
    .map((step) => {
      const policy = automation.steps?.[step] ?? {};
      const prices = thatCan(policy, offersFor(policy, endpoints, undefined)).map(({ model }) =>
        worstCase(model, PART_CHARACTERS + WORDS),
      );
      return prices.length > 0 ? calls * Math.min(...prices) : 0;
    });
  return exact(steps.reduce((sum, usd) => sum + usd, 0));
}
