import type * as z from 'zod/v4/core';
import {
  type Doubt,
  MOST_SHOWN,
  type Repair,
  type RepairFacts,
  type RepairPolicy,
} from '../../contract/intake/repair.ts';
import { Problem } from '../http.ts';
import { type Fault, fitting } from '../request-body.ts';
import { cutText } from '../text.ts';
import { fit, type Hints } from './fit.ts';
import type { Node } from './node.ts';
import { readTolerantly } from './read.ts';
import { inner } from './shape.ts';
import { type Came, textOf } from './text.ts';

/*
 * Repair without a model: the same bytes give the same body, or the same reason. Nothing is invented: every value stands in the
 * original, word by word or in a form that can be read in one way only.
 */

/** A body that fits its schema now, and what was done to it. */
export interface Repaired {
  body: unknown;
  repairs: readonly Repair[];
  facts: RepairFacts;
}

/** Why there is none. */
export interface Unrepaired {
  /** In words of ours, with names of fields of the schema. */
  reason: string;
  /** What was understood of it, for whoever understands more. */
  text?: string;
  node?: Node;
  doubts?: readonly Doubt[];
  before?: readonly Repair[];
}

/** A body that was understood so far: its text is known, and perhaps what it says. */
export type Understood =
  | { node: Node; text: string; doubts: Doubt[]; repairs: Repair[]; cutAt?: string }
  | Unrepaired;

/** What the bytes say, whether or not it fits. */
export function understood(came: Came): Understood {
  const decoded = textOf(came);
  if ('fault' in decoded) return { reason: decoded.fault };
  const { text, repairs } = decoded;
  const read = readTolerantly(text);
  if ('fault' in read) return { reason: read.fault, text, doubts: decoded.doubts, before: repairs };
  const broken: Repair[] = isJson(text) ? [] : [{ pointer: '', from: cutText(text, MOST_SHOWN), by: 'json' }];
  return {
    ...{
      node: read.node,
      text,
      doubts: [...decoded.doubts, ...read.doubts],
      repairs: [...repairs, ...broken],
    },
    ...(read.cutAt === undefined ? {} : { cutAt: read.cutAt }),
  };
}

/** What was understood, in the shape of the schema. */
export function shaped(
  it: Exclude<Understood, Unrepaired>,
  schema: z.$ZodType,
  policy: RepairPolicy,
  moved: Hints['moved'] = new Map(),
): Repaired | Unrepaired {
  const { node, text, doubts, repairs: before, cutAt } = it;
  const fitted = fit(schema, node, { renamed: policy.renamed ?? {}, moved });
  const rest = { text, node, doubts, before };
  if (!fitted) return { reason: 'too much of it differs from the schema', ...rest };
  try {
    const body = fitting(schema, fitted.value);
    const repairs = [...before, ...fitted.repairs];
    const [, cut] = cutAt?.split('/') ?? [];
    const fields = new Set([
      ...fitted.fields,
      ...(cut !== undefined && namesOf(schema).has(cut) ? [cut] : []),
    ]);
    const by = [...new Set(repairs.map((repair) => repair.by))];
    return { body, repairs, facts: { count: repairs.length, by, fields: [...fields], doubts } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { reason: reasonOf((error.extra.errors ?? []) as Fault[], schema), ...rest };
  }
}

/** @returns the body that the bytes are, or why they are none */
export function repaired(came: Came, schema: z.$ZodType, policy: RepairPolicy): Repaired | Unrepaired {
  const it = understood(came);
  return 'reason' in it ? it : shaped(it, schema, policy);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const MOST_NAMED = 3;

/** Faults of fields that the schema has, by name; others are strangers' words and are only counted. */
function reasonOf(faults: readonly Fault[], schema: z.$ZodType): string {
  const known = namesOf(schema);
  const named = faults.filter(({ pointer }) =>
    pointer
      .split('/')
      .slice(1)
      .every((part) => /^\d+$/.test(part) || known.has(part)),
  );
  const told = named
    .slice(0, MOST_NAMED)
    .map(({ pointer, message }) => `${pointer || 'the body'} ${message}`);
  const more = faults.length - told.length;
  if (told.length === 0) return `${more} ${more === 1 ? 'field' : 'fields'} that the schema does not have`;
  return [...told, ...(more > 0 ? [`${more} more ${more === 1 ? 'fault' : 'faults'}`] : [])].join('; ');
}

const names = new WeakMap<z.$ZodType, Set<string>>();

/** Every name of a field that a schema has, at whatever depth. */
function namesOf(schema: z.$ZodType): ReadonlySet<string> {
  const known = names.get(schema) ?? new Set();
  if (!names.has(schema)) {
    collect(schema, known, new Set());
    names.set(schema, known);
  }
  return known;
}

function collect(given: z.$ZodType, known: Set<string>, seen: Set<z.$ZodType>): void {
  const { schema } = inner(given);
  if (seen.has(schema)) return;
  seen.add(schema);
  const def = schema._zod.def as Parts;
  for (const [name, field] of Object.entries(def.shape ?? {})) {
    known.add(name);
    collect(field, known, seen);
  }
  for (const part of [def.element, def.valueType, ...(def.options ?? [])])
    if (part) collect(part, known, seen);
}

/** What a schema may be made of. */
interface Parts {
  shape?: Readonly<Record<string, z.$ZodType>>;
  element?: z.$ZodType;
  valueType?: z.$ZodType;
  options?: readonly z.$ZodType[];
}
