import * as z from 'zod/v4/core';
import type { Automation } from '../../lambdas/contract/automation.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the shape of an automation's bodies: a text or a list without a length would be taken up
 * to the size of a whole body, stored, shown and sent on.
 */
export function faultsInSchema({ schema, reference }: Pick<Automation, 'schema' | 'reference'>): string[] {
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  const field = under(shape, 'properties').find(([name]) => name === reference)?.[1];
  return [
    ...faultsIn(shape, 'schema'),
    ...under(shape, '$defs').flatMap(([name, part]) => faultsIn(part, `schema ${name}`)),
    ...(reference === undefined || field?.type === 'string'
      ? []
      : [`'reference' names '${reference}': it must be a field of the schema, at its top, that is a text`]),
  ];
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
const under = (schema: Schema, keyword: string): [string, Schema][] =>
  Object.entries(isSchema(schema[keyword]) ? schema[keyword] : {}).filter(
    (entry): entry is [string, Schema] => isSchema(entry[1]),
  );

function faultsIn(schema: Schema, at: string): string[] {
  // What refers to a part that holds itself is looked at where that part stands.
  if ('enum' in schema || 'const' in schema || '$ref' in schema) return [];
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => under(schema, keyword));
  // What stands beside a choice, such as "one of these must be given", is no field of its own.
  if (parts.length > 0 && schema.type === undefined) return parts.flatMap(([, part]) => faultsIn(part, at));
  const types = [schema.type].flat();
  if (types.includes(undefined)) return [`'${at}' takes anything: say which shape it has`];
  return [
    ...(types.includes('string') && !isBounded(schema)
      ? [`'${at}' is a text without a length: add z.maxLength(…), 254 for an e-mail address`]
      : []),
    ...(types.includes('array') ? inList(schema, at) : []),
    ...(types.includes('object') ? inObject(schema, at) : []),
  ];
}

function inList(schema: Schema, at: string): string[] {
  const items = isSchema(schema.items) ? faultsIn(schema.items, `${at}[]`) : [];
  const tuple = under(schema, 'prefixItems').flatMap(([index, part]) => faultsIn(part, `${at}[${index}]`));
  const open =
    schema.maxItems === undefined && (schema.prefixItems === undefined || schema.items !== undefined);
  return [...(open ? [`'${at}' is a list without a length: add z.maxLength(…)`] : []), ...items, ...tuple];
}

function inObject(schema: Schema, at: string): string[] {
  const { additionalProperties: more, propertyNames: names } = schema;
  const fields = under(schema, 'properties').flatMap(([name, part]) => faultsIn(part, `${at}.${name}`));
  // What a plain object does not name, zod leaves out.
  if (more === false || more === undefined) return fields;
  if (!isSchema(more) || Object.keys(more).length === 0)
    return [...fields, `'${at}' takes fields of any name: make it a z.strictObject, or a z.record`];
  const keys = isSchema(names)
    ? faultsIn(names, `${at}, its keys`)
    : [`'${at}, its keys' is a text without a length`];
  return [...fields, ...keys, ...faultsIn(more, `${at}.*`)];
}

function isBounded({ maxLength, pattern }: Schema): boolean {
  return typeof maxLength === 'number' || (typeof pattern === 'string' && endsItself(pattern));
}

/** A pattern from end to end in which nothing repeats without a limit. */
function endsItself(pattern: string): boolean {
  let bare = pattern.replaceAll(/\\./g, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
  if (/[*+]|\{\d+,\}/.test(bare)) return false;
  for (let last = ''; last !== bare; ) {
    last = bare;
    bare = bare.replaceAll(/\([^()]*\)/g, 'x');
  }
  return /^\^[^|]*\$$/.test(bare);
}
