import type { Automation } from '../contract/automation.ts';
import type { Passage, Recipe, SlotKind } from '../contract/parameters.ts';
import { isTyped } from './typed.ts';

/** The sources of composed texts: the declaration, its knowledge, and the facts of one item. */
export interface Sources {
  automation: Automation;
  passages: readonly Passage[];
  item: { body: unknown; label: string };
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
