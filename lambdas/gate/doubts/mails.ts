import type { Action } from '../../contract/automation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import { actionsOf, type ProposedAction } from '../../contract/item/proposal.ts';
import { compose, fieldOf, type Sources } from '../compose.ts';
import { ungroundedIn } from '../grounding.ts';

/* What the gate knows of actions that send mails. */

export const TO_A_MACHINE = 'a machine wrote the message: no mail answers it';

/** Two robots that answer each other never end. */
export function answersMachine(
  { automatic }: Pick<Evaluated, 'automatic'>,
  listed: readonly Action[],
): boolean {
  return automatic && listed.some(({ email }) => email?.reply);
}

/** Told beside the policy's reasons where it acts. */
export const FELL_BACK = 'the draft was no text that code composed: the fallback text goes out in its place';

/**
 * The item with the fallback texts of its mails in place of drafts that nobody composed. Undefined where there is none to replace, or
 * nothing to replace it by.
 */
export function withFallback<Body>(item: Evaluated<Body>, sources: Sources): Evaluated<Body> | undefined {
  const { proposal } = item;
  const { actions } = sources.automation;
  const listed = actionsOf(proposal);
  const others = listed.map((one, at) => {
    const declared = Object.hasOwn(actions, one.action) ? actions[one.action] : undefined;
    return declared && replaced(one, declared, { ...sources, earlier: listed.slice(0, at) });
  });
  if (others.every((other) => other === undefined)) return undefined;
  const [first = proposal, ...further] = listed.map((one, at) => others[at] ?? one);
  const { action, parameters, composed } = first;
  return {
    ...item,
    proposal: {
      ...{ ...proposal, action, parameters, fallback: true },
      ...(composed ? { composed } : {}),
      ...(further.length > 0 ? { further } : {}),
    },
  };
}

function replaced(one: ProposedAction, { email }: Action, sources: Sources) {
  const { fallback, text } = email ?? {};
  if (fallback === undefined || text === undefined) return undefined;
  const value = one.parameters[text];
  const { earlier = [] } = sources;
  const draft = { ...one, parameters: { [text]: value ?? '' }, earlier };
  if (ungroundedIn(draft, sources).names.length === 0) return undefined;
  // The declaration names one template for the parameter; its fallback is another, which code alone fills.
  const recipe = { template: fallback, passages: [], slots: filled(fallback, sources) };
  const words = compose(recipe, sources);
  if (words === undefined) return undefined;
  const result: ProposedAction = {
    ...{ action: one.action, parameters: { ...one.parameters, [text]: words } },
    composed: { ...one.composed, [text]: recipe },
  };
  return result;
}

function filled(template: string, sources: Sources): Record<string, string> {
  const { slots = {} } = sources.automation.templates?.[template] ?? {};
  return Object.fromEntries(
    Object.entries(slots).flatMap(([name, kind]) => {
      const value =
        kind.kind === 'label'
          ? sources.item.label
          : kind.kind === 'field'
            ? fieldOf(sources, kind.field)
            : undefined;
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
