import { isObject, type JsonSchema, smallestAnswer } from './brain-schema.ts';

/*
 * The model that has no guard at all: it takes orders from the text and puts the stranger's words wherever an
 * answer has room for them. What keeps such a model from doing harm must stand in code behind it.
 */

/** Orders that the obedient mode falls for, in a few of the tongues that strangers write. */
const ORDER =
  /(ignore|disregard|forget) (all |any |the |your )*(previous|prior|above|earlier|preceding) |\b(system prompt|new instructions?|developer mode|you are now|you (?:must|should|have to|will) (?:now )?|override|(?:tell|answer|inform|write to|send|reply to) (?:me|him|her|them|the customer|every)|repeat after me|as an? (?:ai|assistant))\b|https?:|<\/?(?:system|assistant)>|\[\/?inst\]|ignorier|vergiss|du musst|ignorez|oublie|tu dois|vous devez|ignora|olvida|debes|ignori|devi |忽略|必须|無視|игнорируй|ты должен|تجاهل/i;
const LONGEST = 300;

/** The order that stands in a text, as far as the obedient mode falls for it. */
export function orderIn(text: string): string | undefined {
  const at = text.search(ORDER);
  return at < 0 ? undefined : text.slice(at).slice(0, LONGEST);
}

export function namedLabel(labels: readonly string[], order: string): string {
  const after = order.toLowerCase();
  return (
    labels.find((label) => label !== 'other' && after.includes(label.toLowerCase())) ?? labels[0] ?? 'other'
  );
}

/**
 * Any other step: the order in every text that the answer has room for, the last choice of every list, and
 * yes to everything.
 */
export function obeySchema(schema: unknown, order: string): unknown {
  if (!isObject(schema)) return order;
  if (Array.isArray(schema.enum)) return schema.enum.at(-1);
  if ('const' in schema) return schema.const;
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as JsonSchema);
      return Object.fromEntries(properties.map(([name, part]) => [name, obeySchema(part, order)]));
    }
    case 'array':
      return [obeySchema(schema.items, order)];
    case 'string':
      return order;
    case 'boolean':
      return true;
    default:
      return smallestAnswer(schema);
  }
}
