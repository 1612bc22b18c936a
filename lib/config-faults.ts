import type * as z from 'zod/v4/core';
import { near, notKnown, told } from './checks/fields/words.ts';

/* What is wrong with a configuration, in words: zod's speak of `undefined`, patterns and places in lists. */

const TYPES: Readonly<Record<string, string>> = {
  ...{ array: 'a list', boolean: 'true or false', int: 'a whole number', number: 'a number' },
  ...{ object: 'an object', record: 'an object', string: 'a text', tuple: 'a list' },
};
const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address such as "ann@example.com"',
  url: 'must be a URL such as "https://api.example.com"',
  date: 'must be a day such as "2026-11-30"',
};
/** Somebody may have written a key where its name belongs: it would stand in the log of the build. */
const HIDDEN = /secret|key|token|password/i;
/** Between what is said of several unknown fields of one object. */
const NEXT = '\n';

/** Where a field of the schema has no words of its own. For zod, as its `error`. */
export function inWords(issue: z.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'invalid_type': {
      const type = TYPES[issue.expected];
      if (type === undefined) return undefined;
      return unlessMissing(issue.input, `must be ${type}`);
    }
    case 'too_big':
      return bound('at most', 'below', issue.maximum, issue);
    case 'too_small':
      return bound('at least', 'above', issue.minimum, issue);
    case 'invalid_format':
      return issue.format === 'starts_with'
        ? `must begin with "${String(issue.prefix)}"`
        : FORMATS[issue.format];
    case 'invalid_value':
      return unlessMissing(issue.input, oneOf(issue.values.map(String), issue.input));
    case 'invalid_union':
      if (Array.isArray(issue.options))
        return oneOf(issue.options.filter((one) => one !== undefined).map(String), undefined);
      return [...new Set(issue.errors.map(([first]) => first?.message))].join(', or ');
    case 'unrecognized_keys': {
      const known = fieldsOf(issue.inst?._zod.def);
      return issue.keys.map((key) => notKnown(key, known, issue.input as object)).join(NEXT);
    }
    default:
      return undefined;
  }
}

function unlessMissing(given: unknown, must: string): string {
  return given === undefined ? `is missing: it ${must}` : must;
}

/** Of an object, or of a record by an enum. */
function fieldsOf(schema: unknown): string[] {
  const { shape, keyType } = (schema ?? {}) as { shape?: object; keyType?: z.$ZodType };
  const { entries } = (keyType?._zod.def ?? {}) as { entries?: object };
  return Object.keys(shape ?? entries ?? {});
}

function bound(
  within: string,
  beyond: string,
  limit: number | bigint,
  { origin, inclusive }: { origin: string; inclusive?: boolean },
): string {
  const how = inclusive === false ? beyond : within;
  if (origin === 'array') return `must have ${how} ${limit} of them`;
  return origin === 'string' ? `must have ${how} ${limit} characters` : `must be ${how} ${limit}`;
}

function oneOf(all: readonly string[], given: unknown): string {
  const meant = typeof given === 'string' ? near(given, all) : undefined;
  const must = all.length === 1 ? `must be ${all[0]}` : `must be one of ${all.join(', ')}`;
  return meant === undefined ? must : `${must} (did you mean '${meant}'?)`;
}

/** A line for each fault: the field, the form that is wanted, and what stands there. */
export function faultsOf(issues: readonly z.$ZodIssue[], config: unknown): string[] {
  return issues.flatMap((issue) => {
    const field = nameOf(issue.path, config);
    if (issue.code === 'unrecognized_keys') {
      const said = issue.message.split(NEXT);
      return issue.keys.map((key, at) => `'${[...field, key].join('.')}': ${said[at] ?? issue.message}`);
    }
    return [`'${field.join('.') || '(whole file)'}': ${issue.message}${gotOf(issue, config)}`];
  });
}

/** What stands in a list goes by its name, where it has one of its own. */
function nameOf(path: readonly PropertyKey[], config: unknown): string[] {
  let part = config;
  return path.map((key, at) => {
    const list = part;
    part = partOf(part, key);
    const { name } = (part ?? {}) as { name?: unknown };
    const isNamed = Array.isArray(list) && typeof name === 'string' && path[at + 1] !== 'name';
    return isNamed && list.filter((one) => one?.name === name).length === 1 ? name : String(key);
  });
}

function gotOf({ code, path }: z.$ZodIssue, config: unknown): string {
  // A check of our own says by itself what it is about, and a key is in the path.
  if (code === 'custom' || code === 'invalid_key') return '';
  const value = path.reduce<unknown>(partOf, config);
  const isHidden =
    typeof value === 'string' && (HIDDEN.test(String(path.at(-1))) || /:\/\/.*[@?#]/.test(value));
  if (value === undefined || isHidden) return '';
  return `, got ${Array.isArray(value) ? `a list of ${value.length}` : told(value)}`;
}

function partOf(whole: unknown, key: PropertyKey): unknown {
  return typeof whole === 'object' && whole !== null
    ? (whole as Record<PropertyKey, unknown>)[key]
    : undefined;
}
