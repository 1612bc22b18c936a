import * as z from 'zod/v4/core';

/*
 * Strict structured output takes the shape of an answer and refuses the request for a limit on a string, a number or a list.
 * Limits are ours to check, and a re-ask names the one that was broken.
 */
const LIMITS = [
  ...['minLength', 'maxLength', 'pattern', 'format', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'default'],
] as const;

/** A step uses one schema for the life of its function, several times per call. */
const known = new WeakMap<z.$ZodType, Record<string, unknown>>();

/** The JSON Schema that the endpoint gets: the answer's shape without its limits. */
export function wireSchema(schema: z.$ZodType): Record<string, unknown> {
  const shape = known.get(schema) ?? shapeOf(schema);
  known.set(schema, shape);
  return shape;
}

function shapeOf(schema: z.$ZodType): Record<string, unknown> {
  const { $schema, ...shape } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      for (const limit of LIMITS) delete jsonSchema[limit];
    },
  });
  return shape;
}
