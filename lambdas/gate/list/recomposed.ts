import type { Automation } from '../../contract/automation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import type { ProposedAction } from '../../contract/item/proposal.ts';
import type { Recipe } from '../../contract/parameters.ts';
import { compose, parameterOf } from '../compose.ts';

type Listed = Pick<ProposedAction, 'action' | 'parameters' | 'composed'>;

interface Telling {
  automation: Automation;
  /** What the gate saw, with values for its tokens. */
  item: Pick<Evaluated, 'body' | 'label' | 'answers'>;
  /** With values for tokens, and as the document has it. */
  clear<T>(value: T): T;
  kept<T>(value: T): T;
}

/**
 * The actions with parameters and texts that say what their list does now: whoever changes an amount changes the payment and the letter
 * about it. A text that the
 * approver has written themselves stays.
 */
export function recomposed<A extends Listed>(
  listed: readonly A[],
  before: readonly Listed[],
  { automation, item, clear, kept }: Telling,
): A[] {
  const following = followed(listed, automation);
  return following.map((one, at) => {
    const { composed = {} } = one;
    const told = Object.entries(composed).flatMap(([name, recipe]) => {
      if (one.parameters[name] !== before[at]?.parameters[name]) return [];
      const earlier = clear(following.slice(0, at).map(({ action, parameters }) => ({ action, parameters })));
      const own = withActions(clear(recipe), automation, earlier);
      const text = own && compose(own, { automation, passages: [], item, earlier });
      return own && text !== undefined ? [{ name, recipe: kept(own), text: kept(text) }] : [];
    });
    if (told.length === 0) return one;
    const texts = Object.fromEntries(told.map(({ name, text }) => [name, text]));
    const recipes = Object.fromEntries(told.map(({ name, recipe }) => [name, recipe]));
    return { ...one, parameters: { ...one.parameters, ...texts }, composed: { ...composed, ...recipes } };
  });
}

/** Parameters that are those of an earlier action have its values: nobody edits them by themselves. */
function followed<A extends Listed>(listed: readonly A[], { actions }: Automation): A[] {
  const done: A[] = [];
  for (const one of listed) {
    const kinds = Object.entries(actions[one.action]?.parameters ?? {});
    const own = kinds.flatMap(([name, kind]) => {
      const earlier =
        kind.kind === 'of action' ? done.find(({ action }) => action === kind.action) : undefined;
      if (kind.kind !== 'of action' || !earlier || !Object.hasOwn(one.parameters, name)) return [];
      return [[name, earlier.parameters[kind.parameter]] as const];
    });
    done.push(
      own.length > 0 ? { ...one, parameters: { ...one.parameters, ...Object.fromEntries(own) } } : one,
    );
  }
  return done;
}

/** The recipe with what the earlier actions say now; undefined where none of its slots is about them. */
function withActions(
  recipe: Recipe,
  { templates = {} }: Automation,
  earlier: readonly Pick<Listed, 'action' | 'parameters'>[],
): Recipe | undefined {
  const { slots = {} } = (Object.hasOwn(templates, recipe.template) && templates[recipe.template]) || {};
  const changed = Object.entries(slots).flatMap(([name, kind]) => {
    const value = kind.kind === 'of action' ? parameterOf(kind, { earlier }) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  if (changed.length === 0) return undefined;
  return { ...recipe, slots: { ...recipe.slots, ...Object.fromEntries(changed) } };
}
