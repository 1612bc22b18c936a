export type JsonSchema = Readonly<Record<string, unknown>>;

const DEPTH = 12;

/**
 * The smallest value that a JSON Schema allows: what the sandbox answers to a step it knows nothing about.
 */
export function smallestAnswer(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > DEPTH) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (typeof schema.$ref === 'string') return smallestAnswer(resolve(schema.$ref, root), root, depth + 1);
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (choices !== undefined) return smallestAnswer(choices[0], root, depth + 1);
  if (Array.isArray(schema.allOf)) {
    const parts = schema.allOf.map((part) => smallestAnswer(part, root, depth + 1));
    return parts.every(isObject) ? Object.assign({}, ...parts) : parts[0];
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type ?? (isObject(schema.properties) ? 'object' : undefined)) {
    case 'object':
      return smallestObject(schema, root, depth);
    case 'array':
      return Array.from({ length: numberOr(schema.minItems, 0) }, () =>
        smallestAnswer(schema.items, root, depth + 1),
      );
    case 'string':
      return smallestString(schema);
    case 'number':
    case 'integer':
      return smallestNumber(schema);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function smallestObject(schema: JsonSchema, root: unknown, depth: number): Record<string, unknown> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
  return Object.fromEntries(
    required.map((key: unknown) => [String(key), smallestAnswer(properties[String(key)], root, depth + 1)]),
  );
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2000-01-01',
  'date-time': '2000-01-01T00:00:00Z',
  email: 'sandbox@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function smallestString(schema: JsonSchema): string {
  const formatted = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  // Limits of length stay behind on the way here, and an empty text mostly passes none of them.
  return formatted ?? 'x'.repeat(numberOr(schema.minLength, 1));
}

function smallestNumber(schema: JsonSchema): number {
  const above = numberOr(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY) + 1;
  const least = Math.max(numberOr(schema.minimum, Number.NEGATIVE_INFINITY), above);
  return Math.min(Math.max(0, least), numberOr(schema.maximum, Number.POSITIVE_INFINITY));
}

function resolve(reference: string, root: unknown): unknown {
  let at: unknown = root;
  for (const key of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    at = isObject(at) ? at[key] : undefined;
  return at;
}

/** True when an answer has exactly the properties that the schema asks for. */
export function answersSchema(answer: Readonly<Record<string, unknown>>, schema: unknown): boolean {
  if (!isObject(schema) || !isObject(schema.properties)) return true;
  return Object.keys(schema.properties).sort().join() === Object.keys(answer).sort().join();
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
