import type { Automation, StepRunner } from '../lambdas/contract/automation.ts';
import type { Case } from '../lambdas/contract/item/cases.ts';
import type { Hides } from '../lambdas/contract/item/privacy.ts';
import type { Searched } from '../lambdas/contract/steps/knowledge.ts';
import type { Asked, LookedUp, Lookup } from '../lambdas/contract/steps/lookup.ts';
import { clearInput } from '../lambdas/lookups/input.ts';
import { Said } from '../lambdas/lookups/said.ts';
import { saidOf } from './sandbox/answers.ts';
import { type Known, loadKnowledge } from './sandbox/knowledge.ts';
import { searchingHere } from './searching.ts';

/* What thinking may ask besides models, where nothing is deployed: sources as the sandbox has them, collections of the folder. */

/** The two steps, and what the pipeline wants to know of them afterwards. */
export interface AskedHere extends Pick<StepRunner, 'lookup' | 'search'> {
  asked(): Asked;
  searched(): Searched;
}

let loaded: Promise<readonly Known[]> | undefined;

/** Any day: nothing here goes by it. */
const AT = '2026-01-01T00:00:00.000Z';

/** For one item. What a case says wins over what the sandbox says; what neither says, the source has not. */
export async function askingHere(
  automation: Pick<Automation, 'name' | 'lookups' | 'collections'>,
  { lookups: given = {}, vault }: Pick<Case, 'lookups'> & { vault?: Hides | undefined } = {},
): Promise<AskedHere> {
  loaded ??= loadKnowledge();
  const knowledge = await loaded;
  const said = new Said();
  const looked: LookedUp[] = [];
  const answers: Record<string, unknown[]> = {};
  const ask = ({ name }: Pick<Lookup, 'name'>, input: unknown): unknown => {
    const lookup = automation.lookups?.[name];
    if (!lookup) throw new Error(`the lookup '${name}' is not among the 'lookups' of the automation`);
    const clear = clearInput(lookup, input, vault);
    const is = Object.hasOwn(given, name) ? given[name] : saidOf(knowledge, lookup, clear);
    const answer = vault ? vault.hide(is) : is;
    looked.push({ lookup: name, source: lookup.source, at: AT, found: is !== null });
    answers[name] = [...(answers[name] ?? []), answer];
    said.add(name, answer);
    return answer;
  };
  return {
    lookup: (async (lookup: Lookup, input: unknown) => ask(lookup, input)) as StepRunner['lookup'],
    asked: () => ({
      ...{ looked, degraded: [], missing: [], answers },
      says: (lookup, quote) => said.says(lookup, quote),
    }),
    ...searchingHere(automation),
  };
}
