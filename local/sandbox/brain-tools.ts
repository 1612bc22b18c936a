import { orderIn } from './brain-obey.ts';
import { isObject } from './brain-schema.ts';

/** What the sandbox model is offered to look up, as JSON Schema says it. */
export interface OfferedTool {
  name: string;
  schema: unknown;
}

export interface WantedCall {
  name: string;
  arguments: Record<string, unknown>;
}

interface Talk {
  input: unknown;
  tools: readonly OfferedTool[];
  /** Names of the tools that it has called. */
  called: readonly string[];
  /** What they answered. */
  told: string;
  obedient: boolean;
}

/** As many as a model without any guard may think of. */
const MANY = 20;

/**
 * What is looked up next: each tool once, where the input tells what to ask it with. A model that obeys strangers asks for what it
 * has not got, again and again.
 */
export function wantedCalls({ input, tools, called, told, obedient }: Talk): WantedCall[] {
  if (tools.length === 0) return [];
  const text = isObject(input) && typeof input.text === 'string' ? input.text : '';
  const order = obedient ? orderIn(`${text}\n${told}`) : undefined;
  if (order !== undefined) return misused(tools, order);
  for (const { name, schema } of tools.filter((tool) => !called.includes(tool.name))) {
    const given = argumentsFrom(schema, input, text);
    if (given) return [{ name, arguments: given }];
  }
  return [];
}

function misused(tools: readonly OfferedTool[], order: string): WantedCall[] {
  const made = ['act', 'approve', 'issue-refund', '__proto__'].map((name) => ({
    name,
    arguments: { order },
  }));
  const own = tools.map(({ name, schema }) => ({
    name,
    arguments: Object.fromEntries(Object.keys(propertiesOf(schema)).map((key) => [key, order])),
  }));
  return Array.from({ length: MANY }, (_, at) => [...made, ...own][at % (made.length + own.length)]).filter(
    (call) => call !== undefined,
  );
}

/** By the input's field of the same name, by what of the text has the right form, or the text itself. Undefined where one is missing. */
function argumentsFrom(schema: unknown, input: unknown, text: string): Record<string, unknown> | undefined {
  const given: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(propertiesOf(schema))) {
    const value = valueFor(name, shape, input, text);
    if (value === undefined) return undefined;
    given[name] = value;
  }
  return given;
}

const LONGEST_QUERY = 200;

function valueFor(name: string, shape: unknown, input: unknown, text: string): unknown {
  const own = isObject(input) ? input[name] : undefined;
  if (typeof own === 'string' || typeof own === 'number') return own;
  const { description, enum: choices, type } = isObject(shape) ? shape : {};
  if (Array.isArray(choices)) return choices[0];
  if (type === 'integer' || type === 'number')
    return Number(/\d+/.exec(text)?.[0] ?? Number.NaN) || undefined;
  if (type !== 'string') return undefined;
  if (/query|question|words/i.test(name)) return text.slice(0, LONGEST_QUERY) || undefined;
  // Forms stay behind on the way here; a description tells of one by its example, such as `ORD-1182`.
  const example =
    typeof description === 'string' ? /\b[A-Z]{0,5}-?\d{2,}\b/.exec(description)?.[0] : undefined;
  const form = example?.replace(/\d+/g, '\\d{2,}');
  return form === undefined ? undefined : new RegExp(`(?<![\\w-])${form}(?![\\w-])`).exec(text)?.[0];
}

function propertiesOf(schema: unknown): Record<string, unknown> {
  return isObject(schema) && isObject(schema.properties) ? schema.properties : {};
}
