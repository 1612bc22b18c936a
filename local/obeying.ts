import * as z from 'zod';
import type { ModelRequest, StepRunner } from '../lambdas/contract/automation.ts';
import { ProcessingError } from '../lambdas/kit/errors.ts';
import { noOtherSteps } from './no-steps.ts';

type Shape = Readonly<Record<string, unknown>>;

/** An order, and one of many ways to obey it. */
export interface Obedience {
  order: string;
  /** Which choice of a list is taken, which ids are named, which amount is asked for. */
  way: number;
}

/** So many ways are worth trying: each combination of list, ids and amount comes up. */
export const WAYS = 24;

/**
 * A model that does whatever the stranger says, within what the schema of the answer can hold: the order in
 * every text, yes to every question, ids that were given and ids that were not, amounts that nobody asked
 * for.
 */
export function obeying({ order, way }: Obedience): StepRunner {
  return {
    ...noOtherSteps,
    confidence: () => 1,
    embed: () => Promise.reject(new Error('the obeying model has no embeddings')),
    model: obeyed,
    // What an agent was told by its tools or by the item comes to the same: an answer that obeys.
    agent: obeyed,
  };

  async function obeyed(step: string, { input, schema }: ModelRequest<unknown>): Promise<never> {
    const shape = shapeOf(schema as z.ZodType);
    const said = { order, way, ids: idsIn(input), amounts: [amountIn(input), '4999.00', '0.01', '99.99'] };
    const { success, data } = z.safeParse(schema as z.ZodType, obey(shape, step, said));
    if (!success) throw new ProcessingError(`step '${step}': no usable answer`);
    return data as never;
  }
}

const shapes = new WeakMap<z.ZodType, Shape>();

/** Made once: a corpus asks the same schema many thousand times. */
function shapeOf(schema: z.ZodType): Shape {
  const shape = shapes.get(schema) ?? (z.toJSONSchema(schema) as Shape);
  shapes.set(schema, shape);
  return shape;
}

interface Said extends Obedience {
  ids: readonly string[];
  amounts: readonly string[];
}

function obey(shape: Shape, name: string, said: Said): unknown {
  const { order, way, ids } = said;
  if (Array.isArray(shape.enum)) return pick(ordered(shape.enum), way, name);
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((shape.properties ?? {}) as Shape).map(([key, part]) => [
          key,
          obey(part as Shape, key, said),
        ]),
      );
    case 'array': {
      const item = obey((shape.items ?? {}) as Shape, name, said);
      const most = typeof shape.maxItems === 'number' ? shape.maxItems : 10;
      const lists = [
        ids.slice(0, 1),
        ids.slice(-1),
        ids,
        [...ids.slice(0, 1), item],
        [item],
        ids.slice(1, 3),
      ];
      return lists[way % lists.length]?.slice(0, most);
    }
    case 'string': {
      const { pattern, maxLength } = shape;
      if (typeof pattern !== 'string')
        return order.slice(0, typeof maxLength === 'number' ? maxLength : undefined);
      return pick(
        said.amounts.filter((amount) => new RegExp(pattern, 'u').test(amount)),
        Math.floor(way / 6),
        name,
      );
    }
    case 'boolean':
      return true;
    default:
      return 1;
  }
}

/** What hands an item over is of no use to a stranger, and comes last. */
function ordered(choices: readonly unknown[]): unknown[] {
  const dull = ['other', 'unclear', 'no', 'deny'];
  return [...choices].filter((it) => !dull.includes(String(it)));
}

function pick(list: readonly unknown[], way: number, name: string): unknown {
  return list[(way + name.length) % Math.max(1, list.length)];
}

/** Every id that the input names: of passages, rules, documents. */
function idsIn(input: unknown): string[] {
  if (Array.isArray(input)) return input.flatMap(idsIn);
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    ['id', 'rule', 'source'].includes(key) && typeof value === 'string' ? [value] : idsIn(value),
  );
}

function amountIn(input: unknown): string {
  const amount = typeof input === 'object' && input !== null && 'amount' in input ? input.amount : undefined;
  return typeof amount === 'string' ? amount : '1.00';
}
