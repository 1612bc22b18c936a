import * as z from 'zod/v4/core';
import { MOST_SHOWN } from '../../contract/intake/repair.ts';
import { cutText } from '../text.ts';
import { bare } from './names.ts';
import { isExact, type Node, plain } from './node.ts';
import { readTolerantly } from './read.ts';

/* What a schema says of a place, and what a value there looks like. */

/** Without what says only that it may be missing. */
export function inner(given: z.$ZodType): { schema: z.$ZodType; optional: boolean } {
  let schema = given;
  let optional = false;
  for (let turn = 0; turn < 20; turn += 1) {
    const { def } = schema._zod;
    if (['optional', 'default', 'prefault'].includes(def.type)) optional = true;
    else if (def.type === 'lazy') {
      // The one that it keeps: its getter makes a new one each time.
      schema = (schema as z.$ZodLazy)._zod.innerType;
      continue;
    } else if (!['nullable', 'readonly', 'nonoptional', 'catch'].includes(def.type)) break;
    schema = (def as z.$ZodOptionalDef).innerType;
  }
  return { schema, optional };
}

export function isObject(def: z.$ZodTypeDef): def is z.$ZodObjectDef {
  return def.type === 'object';
}

/** As it is, and with every digit that was written. */
export function fits(schema: z.$ZodType, node: Node): boolean {
  return !(node.kind === 'number' && !isExact(node.source)) && z.safeParse(schema, plain(node)).success;
}

/** Whether it says something of a value that it fits: any text fits a text, and `true` fits every question. */
export function isTelling(given: z.$ZodType): boolean {
  const { type, checks, format } = inner(given).schema._zod.def as z.$ZodTypeDef & { format?: string };
  if (type === 'string') return format !== undefined || (checks ?? []).length > 0;
  return ['enum', 'literal', 'number', 'int'].includes(type);
}

/** The value of a list of choices that is written so in capitals or small letters. */
export function choices(schema: z.$ZodType, node: Node): unknown[] {
  if (node.kind !== 'text') return [];
  const { def } = inner(schema).schema._zod;
  const values: unknown[] =
    def.type === 'enum'
      ? Object.values((def as z.$ZodEnumDef).entries)
      : def.type === 'literal'
        ? [...(def as z.$ZodLiteralDef<z.util.Literal>).values]
        : [];
  return values.filter((value) => typeof value === 'string' && bare(value) === bare(node.text));
}

/** JSON in a text, where an object or a list should stand: it was turned into a text once too often. */
export function jsonIn(node: Node): Node | undefined {
  if (node.kind !== 'text' || !/^\s*[[{]/.test(node.text)) return undefined;
  try {
    JSON.parse(node.text);
  } catch {
    return undefined;
  }
  const read = readTolerantly(node.text);
  return 'node' in read && read.node.kind !== 'text' ? read.node : undefined;
}

/** `{"data": {…}}`: one unknown name around what should be there. */
export function wrappedIn(
  { shape }: z.$ZodObjectDef,
  members: ReadonlyMap<string, Node>,
): [string, Node] | undefined {
  const [first, second] = members;
  if (!first || second || Object.hasOwn(shape, first[0]) || first[1].kind !== 'object') return undefined;
  return [...first[1].members.keys()].some((name) => Object.hasOwn(shape, name)) ? first : undefined;
}

export function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MOST_SHOWN ? `${cutText(value, MOST_SHOWN)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  const json = JSON.stringify(value);
  return json.length > MOST_SHOWN ? `${cutText(json, MOST_SHOWN)}…` : value;
}
