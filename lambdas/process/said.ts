import * as z from 'zod/v4/core';
import type { StepRunner } from '../contract/automation.ts';

/** Access to the model, and every free text that came through it. */
export interface Heard {
  step: StepRunner;
  said: string[];
}

/** Records model answers: the gate compares reasons with them. */
export function listening(step: StepRunner): Heard {
  const said: string[] = [];
  const heard: StepRunner = {
    confidence: (name) => step.confidence(name),
    embed: (name, texts) => step.embed(name, texts),
    model(name, request) {
      const answered = step.model(name, request).then((answer) => {
        said.push(...freeTexts(answer, shapeOf(request.schema)));
        return answer;
      });
      // As of the step itself: a failure that nobody hears must not end the worker.
      answered.catch(() => {});
      return answered;
    },
  };
  return { step: heard, said };
}

type Shape = Readonly<Record<string, unknown>>;

const shapes = new WeakMap<z.$ZodType, Shape>();

function shapeOf(schema: z.$ZodType): Shape {
  const shape = shapes.get(schema) ?? z.toJSONSchema(schema, { unrepresentable: 'any' });
  shapes.set(schema, shape);
  return shape;
}

/** Texts of an answer that its schema does not bound; also names of fields it does not know. */
export function freeTexts(answer: unknown, shape: unknown): string[] {
  const known = (typeof shape === 'object' && shape !== null ? shape : {}) as Shape;
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
