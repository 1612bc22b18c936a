import type { Automation, Implementation } from '../contract/automation.ts';
import type { Routed } from '../contract/item/envelope.ts';
import type { Proposed } from '../contract/item/proposal.ts';
import { compose } from './compose.ts';
import { ungroundedAmong } from './grounding.ts';

/** What a caller hears before the rest is known. */
export interface EarlyFacts {
  facts: Readonly<Record<string, unknown>>;
  /** Names of those that are words of a list in the declaration: they may stand in the item's row. */
  listed: readonly string[];
}

/**
 * The early answer of an automation, held to what may go out without a person: every fact is what the declaration lets it be, texts are
 * composed here. Nothing is said early of what goes to a person in any case.
 * @returns undefined where there is nothing to say; `withheld`: the names of facts that did not fit, for which nothing is said either
 */
export function earlyAnswer(
  item: Routed,
  {
    automation,
    implementation,
  }: { automation: Automation; implementation: Implementation<unknown, Proposed> },
): EarlyFacts | { withheld: readonly string[] } | undefined {
  const { early } = automation;
  const goesToPerson =
    item.label === 'other' ||
    item.unrouted !== undefined ||
    item.suspicions.length > 0 ||
    item.feedback.length > 0;
  const said = early && !goesToPerson ? early.answer(item) : undefined;
  if (!early || !said) return undefined;
  const sources = { automation, passages: implementation.passages ?? [], item };
  const { composed = {} } = said;
  const texts = Object.entries(composed).map(([name, recipe]) => [name, compose(recipe, sources)]);
  const facts: Record<string, unknown> = { ...said.facts, ...Object.fromEntries(texts) };
  const withheld = [
    ...ungroundedAmong(early.facts, { parameters: facts, composed }, sources),
    ...texts.flatMap(([name, text]) => (text === undefined ? [String(name)] : [])),
  ];
  if (withheld.length > 0) return { withheld };
  const isListed = (name: string) => ['label', 'one of'].includes(early.facts[name]?.kind ?? '');
  const told = Object.entries(facts).filter(([, value]) => value !== undefined);
  return { facts: Object.fromEntries(told), listed: told.map(([name]) => name).filter(isListed) };
}
