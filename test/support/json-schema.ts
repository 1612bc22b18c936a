type Schema = Record<string, unknown>;

/** Keywords that say nothing about which values fit. */
const WORDS = ['$schema', 'title', 'description', 'default', 'examples', 'format'];

const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const isObject = (value: unknown): value is Schema => TYPES.object?.(value) ?? false;

/**
 * What each keyword demands of a value. One that is not here must be added: what is passed over would fit
 * everything.
 */
const KEYWORDS: Record<string, (asked: never, value: unknown, schema: Schema) => boolean> = {
  type: (asked: string, value) => TYPES[asked]?.(value) ?? false,
  enum: (asked: unknown[], value) => asked.includes(value),
  const: (asked: unknown, value) => asked === value,
  pattern: (asked: string, value) => typeof value !== 'string' || new RegExp(asked, 'u').test(value),
  minLength: (asked: number, value) => typeof value !== 'string' || [...value].length >= asked,
  maxLength: (asked: number, value) => typeof value !== 'string' || [...value].length <= asked,
  minimum: (asked: number, value) => typeof value !== 'number' || value >= asked,
  maximum: (asked: number, value) => typeof value !== 'number' || value <= asked,
  exclusiveMinimum: (asked: number, value) => typeof value !== 'number' || value > asked,
  required: (asked: string[], value) => !isObject(value) || asked.every((name) => Object.hasOwn(value, name)),
  properties: (asked: Record<string, Schema>, value) =>
    !isObject(value) ||
    Object.entries(asked).every(([name, part]) => !Object.hasOwn(value, name) || fits(part, value[name])),
  additionalProperties: (asked: boolean | Schema, value, { properties = {} }) =>
    !isObject(value) ||
    Object.keys(value).every(
      (name) =>
        Object.hasOwn(properties as Schema, name) || (asked === false ? false : fits(asked, value[name])),
    ),
  items: (asked: Schema, value) => !Array.isArray(value) || value.every((one) => fits(asked, one)),
  minItems: (asked: number, value) => !Array.isArray(value) || value.length >= asked,
  maxItems: (asked: number, value) => !Array.isArray(value) || value.length <= asked,
  anyOf: (asked: Schema[], value) => asked.some((part) => fits(part, value)),
  oneOf: (asked: Schema[], value) => asked.filter((part) => fits(part, value)).length === 1,
  allOf: (asked: Schema[], value) => asked.every((part) => fits(part, value)),
};

/** Whether a value is what a JSON Schema (2020-12, without references) describes. */
export function fits(schema: boolean | Schema, value: unknown): boolean {
  if (typeof schema === 'boolean') return schema;
  return Object.entries(schema).every(([keyword, asked]) => {
    if (WORDS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`the keyword '${keyword}' is not known here: add it to json-schema.ts`);
    return check(asked as never, value, schema);
  });
}
