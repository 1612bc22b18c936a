import * as z from 'zod/v4/core';
import type { Automation } from '../contract/automation.ts';
import type { Routed } from '../contract/item/envelope.ts';
import type { Evidence, ProposedAction } from '../contract/item/proposal.ts';
import type { Passage, Recipe, SlotKind } from '../contract/parameters.ts';
import type { Answers } from '../contract/steps/lookup.ts';
import { isTyped, takesNoSentence } from './typed.ts';

/** The sources of composed texts: the declaration, its knowledge, and the facts of one item. */
export interface Sources {
  automation: Automation;
  passages: readonly Passage[];
  item: { body: unknown; label: string; text?: string; whole?: string; answers?: Answers };
  /** The actions before the one whose text it is. @default none */
  earlier?: readonly Pick<ProposedAction, 'action' | 'parameters'>[];
}

const MOST_PASSAGES = 3;
/** A quoted slot is a term or a number, not a paragraph. */
const LONGEST_QUOTE = 80;

/**
 * The text of a recipe: the template's sentences, the passages' own, and checked slots. Nothing else can come
 * out. Undefined if the recipe names something that does not exist, leaves a slot open, or fills one with a
 * value that it may not hold.
 */
export function compose(recipe: Recipe, sources: Sources): string | undefined {
  const { templates = {} } = sources.automation;
  const template = Object.hasOwn(templates, recipe.template) ? templates[recipe.template] : undefined;
  if (template === undefined) return undefined;
  const picked = recipe.passages.map((id) => sources.passages.find((passage) => passage.id === id));
  const known = picked.filter((passage) => passage !== undefined);
  const distinct = new Set(recipe.passages).size === known.length && known.length === picked.length;
  if (!distinct || known.length > (template.mostPassages ?? MOST_PASSAGES)) return undefined;
  if (template.text.includes('{passages}') !== known.length > 0) return undefined;
  const { slots = {} } = recipe;
  const declared = template.slots ?? {};
  if (Object.keys(slots).some((name) => !Object.hasOwn(declared, name))) return undefined;
  const filled = new Map([['passages', known.map(({ text }) => text).join('\n\n')]]);
  for (const [name, kind] of Object.entries(declared)) {
    const value = Object.hasOwn(slots, name) ? slots[name] : undefined;
    if (typeof value !== 'string' || !mayFill(kind, value, known, sources)) return undefined;
    filled.set(name, value);
  }
  // In one pass: text from a passage or a slot is never read as a slot.
  return template.text.replaceAll(PLACE, (place, name: string) => filled.get(name) ?? place);
}

export const PLACE = /\{(\w+)\}/g;

function mayFill(kind: SlotKind, value: string, picked: readonly Passage[], sources: Sources): boolean {
  switch (kind.kind) {
    case 'one of':
      return kind.values.includes(value);
    case 'label':
      return value === sources.item.label;
    case 'field':
      return value === fieldOf(sources, kind.field);
    case 'matching':
      return takesNoSentence(kind.schema) && z.safeParse(kind.schema, value).success;
    case 'looked up':
      return wasSaid(kind, value, sources);
    case 'of action':
      return value === parameterOf(kind, sources);
    case 'quoted':
      return picked.some(({ text }) => standsIn(value, text));
  }
}

/** The value of a typed field of the body; undefined if it is empty, or may be a sentence. */
export function fieldOf({ automation, item }: Sources, field: string): unknown {
  const { body } = item;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, field)) return undefined;
  const value = (body as Record<string, unknown>)[field];
  // A list or an object is more than one field, and holds whatever its schema allows.
  const single = typeof value !== 'object' && typeof value !== 'undefined';
  return single && isTyped(automation, body, field) ? value : undefined;
}

/** Whether a source said this value at this place, in any of its answers. */
export function wasSaid(
  { lookup, field }: { lookup: string; field: string },
  value: unknown,
  { item: { answers = {} } }: Sources,
): boolean {
  const said = Object.hasOwn(answers, lookup) ? (answers[lookup] ?? []) : [];
  return said.some((answer) => {
    const at = field.split('.').reduce<unknown>(ownOf, answer);
    return at !== undefined && at !== null && typeof at !== 'object' && at === value;
  });
}

function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** The parameter of an earlier action of this kind, as its text says it. */
export function parameterOf(
  { action, parameter }: { action: string; parameter: string },
  { earlier = [] }: Pick<Sources, 'earlier'>,
): string | undefined {
  const value = earlier.find((one) => one.action === action)?.parameters[parameter];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Whole words of the text, not part of one. */
function standsIn(value: string, text: string): boolean {
  if (value.trim() !== value || value === '' || value.length > LONGEST_QUOTE) return false;
  const border = /[\p{L}\p{N}]/u;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text[at - 1] ?? '';
    const after = text[at + value.length] ?? '';
    if (!border.test(before) && !border.test(after)) return true;
  }
  return false;
}

/** A text of whole passages, how it was composed, and each passage as evidence. */
export interface ComposedAnswer {
  text: string;
  recipe: Recipe;
  evidence: Evidence[];
}

export interface Picking<Body> {
  automation: Automation<Body>;
  item: Pick<Routed<Body>, 'body' | 'label'>;
  /** What the model was given. */
  given: readonly Passage[];
  /** A template with `{passages}`. */
  template: string;
}

/**
 * The answer that a model picked the passages of: it writes no word of it.
 * @param picked ids as the model names them
 * @returns the answer, or in fixed words why there is none
 */
export function composedOf<Body>(
  picked: readonly string[],
  { automation, item, given, template }: Picking<Body>,
): ComposedAnswer | string {
  const ids = [...new Set(picked)];
  const passages = ids.flatMap((id) => given.find((one) => one.id === id) ?? []);
  if (passages.length < ids.length) return 'the model picked passages it was not given';
  const recipe = { template, passages: ids };
  const text = compose(recipe, { automation: automation as Automation, passages, item });
  if (text === undefined) return 'the picked passages make no reply';
  return { text, recipe, evidence: passages.map(({ id, text: quote }) => ({ source: id, quote })) };
}
