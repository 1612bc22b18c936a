import * as z from 'zod/v4/core';

type Shape = Readonly<Record<string, unknown>>;

const shapes = new WeakMap<z.$ZodType, Shape>();

/** A schema as JSON Schema, made once. */
export function shapeOf(schema: z.$ZodType): Shape {
  const shape = shapes.get(schema) ?? z.toJSONSchema(schema, { unrepresentable: 'any' });
  shapes.set(schema, shape);
  return shape;
}

/** Texts of an answer that its schema does not bound; also names of fields it does not know. */
export function freeTexts(answer: unknown, shape: unknown): string[] {
  const known = orNull((typeof shape === 'object' && shape !== null ? shape : {}) as Shape);
  if (typeof answer === 'string') {
    const bounded = ['enum', 'const', 'pattern', 'format'].some((word) => word in known);
    return bounded ? [] : [answer];
  }
  if (Array.isArray(answer)) return answer.flatMap((one) => freeTexts(one, known.items));
  if (typeof answer !== 'object' || answer === null) return [];
  const properties = (known.properties ?? {}) as Shape;
  return Object.entries(answer).flatMap(([name, one]) =>
    Object.hasOwn(properties, name)
      ? freeTexts(one, properties[name])
      : [name, ...freeTexts(one, known.additionalProperties)],
  );
}

/** Of a value that may be null, the shape that it has otherwise. */
function orNull(shape: Shape): Shape {
  const choices = (Array.isArray(shape.anyOf) ? shape.anyOf : []) as Shape[];
  const [only, ...others] = choices.filter(({ type }) => type !== 'null');
  return only && others.length === 0 ? only : shape;
}
