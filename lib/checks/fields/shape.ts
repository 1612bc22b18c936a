import type * as z from 'zod/v4/core';
import { near, notKnown, told } from './words.ts';

/*
 * Synth strips types and checks none: a misspelt field of a declaration would be passed over, and its default would hold. A shape says
 * which fields there are, and TypeScript holds each shape against its type.
 */

/** What may stand in one place of a declaration. */
export type Shape = 'any' | Choices | Fields | List | Named | Kinds;

interface Choices {
  choices: Readonly<Record<string, true>>;
  /** Or a function that says which. */
  code?: true;
}

interface Fields {
  fields: Readonly<Record<string, Shape>>;
  /** Single values that may stand there as well. */
  or?: readonly unknown[];
}

interface List {
  list: Shape;
  or?: readonly unknown[];
}

/** By names that the team chose. */
interface Named {
  named: Shape;
}

/** One field says which other fields there are. */
interface Kinds {
  by: string;
  kinds: Readonly<Record<string, Readonly<Record<string, Shape>>>>;
}

type Code = (...parameters: never[]) => unknown;
/** Without fields of ours in it. */
type Plain = Code | z.$ZodType | number | boolean | null | undefined;

/** The shape that a type must have: no field may be left out, and what has fields of ours may not be `any`. */
export type ShapeOf<T> = unknown extends T
  ? 'any'
  : OfData<Exclude<T, Plain>> extends infer S
    ? S extends { choices: unknown }
      ? S & ([Extract<T, Code>] extends [never] ? unknown : { code: true })
      : S extends { fields: unknown }
        ? S & (false extends T ? { or: readonly [false] } : unknown)
        : S
    : never;

type OfData<T> = [T] extends [never]
  ? 'any'
  : [T] extends [string]
    ? string extends T
      ? 'any'
      : { choices: Readonly<Record<T, true>> }
    : [T] extends [string | readonly (infer One)[]]
      ? ShapeOf<One> extends 'any'
        ? 'any'
        : { list: ShapeOf<One> } & ([Extract<T, string>] extends [never]
            ? unknown
            : { or: readonly [Extract<T, string>] })
      : [T] extends [Readonly<Record<string, infer One>>]
        ? string extends keyof T
          ? ShapeOf<One> extends 'any'
            ? 'any'
            : { named: ShapeOf<One> }
          : OfObject<T>
        : OfObject<T>;

type OfObject<T> =
  IsUnion<T> extends true
    ? [T] extends [{ kind: string }]
      ? OfKinds<T, 'kind'>
      : [T] extends [{ by: string }]
        ? OfKinds<T, 'by'>
        : never
    : { fields: FieldsOf<T> };

interface OfKinds<T, By extends keyof T> {
  by: By;
  kinds: { readonly [Kind in T[By] & string]: FieldsOf<OfKind<T, By, Kind>, By> };
}

type OfKind<T, By extends keyof T, Kind> = T extends unknown ? (Kind extends T[By] ? T : never) : never;
type FieldsOf<T, Without = never> = { readonly [Field in Exclude<keyof T, Without>]-?: ShapeOf<T[Field]> };
type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

/** Of a list that the type is made from. */
export function choicesOf<T extends string>(values: readonly T[]): { choices: Readonly<Record<T, true>> } {
  return { choices: Object.fromEntries(values.map((value) => [value, true])) as Record<T, true> };
}

/** Which fields are not known, and which values are none of those that there are, by their paths. */
export function faultsInShape(value: unknown, shape: Shape, path = ''): string[] {
  if (shape === 'any' || value === undefined) return [];
  if ('choices' in shape) return faultsInChoice(value, shape, path);
  if ('or' in shape && shape.or?.includes(value)) return [];
  if ('list' in shape) {
    if (!Array.isArray(value)) return [`'${path}' must be ${orElse(shape, 'a list')}, got ${told(value)}`];
    return value.flatMap((one, at) => faultsInShape(one, shape.list, `${path}[${at}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`'${path}' must be ${orElse(shape, 'an object')}, got ${told(value)}`];
  const given = value as Readonly<Record<string, unknown>>;
  if ('named' in shape)
    return Object.entries(given).flatMap(([name, one]) => faultsInShape(one, shape.named, below(path, name)));
  if ('fields' in shape) return faultsInFields(given, shape.fields, path);
  const kind = given[shape.by];
  const known = typeof kind === 'string' && Object.hasOwn(shape.kinds, kind) ? shape.kinds[kind] : undefined;
  if (!known) return faultsInChoice(kind, choicesOf(Object.keys(shape.kinds)), below(path, shape.by));
  return faultsInFields(given, { [shape.by]: 'any', ...known }, path);
}

function faultsInFields(
  given: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Shape>>,
  path: string,
): string[] {
  return Object.entries(given).flatMap(([field, one]) => {
    const shape = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const at = below(path, field);
    return shape === undefined
      ? [`'${at}' ${notKnown(field, Object.keys(fields), given)}`]
      : faultsInShape(one, shape, at);
  });
}

function faultsInChoice(value: unknown, { choices, code }: Choices, path: string): string[] {
  if (typeof value === 'function' && code) return [];
  if (typeof value === 'string' && Object.hasOwn(choices, value)) return [];
  const all = Object.keys(choices);
  const meant = typeof value === 'string' ? near(value, all) : undefined;
  const must = all.length === 1 ? `'${all[0]}'` : `one of ${all.join(', ')}`;
  return [
    `'${path}' must be ${must}, got ${told(value)}${meant === undefined || all.length === 1 ? '' : `: did you mean '${meant}'?`}`,
  ];
}

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const orElse = (shape: object, form: string) =>
  [form, ...('or' in shape ? (shape.or as readonly unknown[]).map(told) : [])].join(' or ');
