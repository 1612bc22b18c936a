import * as z from 'zod/v4/core';
import { type Hint, hint } from './lint.ts';

/** One request that was made with a prompt. */
export interface Asked {
  input: unknown;
  schema: z.$ZodType;
}

/** What a prompt says and its requests do not know, and the reverse. */
export function lintRequests(text: string, asked: readonly Asked[]): Hint[] {
  if (asked.length === 0) return [];
  const schemas = [...new Set(asked.map(({ schema }) => schema))];
  const shapes = schemas.map((schema) => z.toJSONSchema(schema));
  const fields = new Set(shapes.flatMap(fieldsOf));
  const known = new Set([
    ...fields,
    ...shapes.flatMap(valuesOf),
    ...asked.flatMap(({ input }) => wordsOf(input)),
  ]);
  return [
    ...quotedIn(text)
      .filter(({ name }) => /^[a-z][A-Za-z0-9]+$/.test(name) && !isLiteral(name) && !known.has(name))
      .map(({ name, line }) =>
        hint('unused', `'${name}' is neither given nor answered: its rule is never used`, line),
      ),
    ...[...fields]
      .filter((field) => !new RegExp(`\\b${field.replace(/\W/g, '\\$&')}s?\\b`).test(text))
      .map((field) => hint('unexplained', `it does not say what the answer's '${field}' is`)),
    ...examplesIn(text).flatMap(({ json, line }) => faultOf(json, schemas, line)),
  ];
}

/** An example must be an answer, or a part of one or of what is given. */
function faultOf(json: string, schemas: readonly z.$ZodType[], line: number): Hint[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [hint('example', 'it is no JSON: a model copies what it is shown', line)];
  }
  const isAnswer = schemas.some((schema) => z.safeParse(schema, value).success);
  return isAnswer ? [] : [hint('example', 'it is not an answer that fits the schema', line)];
}

function isLiteral(name: string): boolean {
  return name === 'true' || name === 'false' || name === 'null';
}

function quotedIn(text: string): { name: string; line: number }[] {
  return text
    .split('\n')
    .flatMap((words, at) =>
      [...words.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, line: at + 1 })),
    );
}

/** Objects in code blocks and between backquotes. */
function examplesIn(text: string): { json: string; line: number }[] {
  const lineOf = (at: number) => text.slice(0, at).split('\n').length;
  const blocks = [...text.matchAll(/^```(?:json)?\n([\s\S]*?)^```/gm)].map((it) => ({
    json: it[1] ?? '',
    line: lineOf(it.index) + 1,
  }));
  const inline = [...text.matchAll(/(?<!`)`(\{[^`\n]*\})`/g)].map((it) => ({
    json: it[1] ?? '',
    line: lineOf(it.index),
  }));
  return [...blocks.filter(({ json }) => json.trim().startsWith('{')), ...inline];
}

type Shape = { [key: string]: unknown };

/** Names of the properties of a JSON Schema, at any depth. */
function fieldsOf(shape: unknown): string[] {
  if (Array.isArray(shape)) return shape.flatMap(fieldsOf);
  if (typeof shape !== 'object' || shape === null) return [];
  const { properties, ...rest } = shape as Shape;
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...own, ...fieldsOf(Object.values(properties ?? {})), ...fieldsOf(Object.values(rest))];
}

/** Values that it names, at any depth. */
function valuesOf(shape: unknown): string[] {
  if (Array.isArray(shape)) return shape.flatMap(valuesOf);
  if (typeof shape !== 'object' || shape === null) return [];
  const { enum: listed, const: only } = shape as Shape;
  const own = [...(Array.isArray(listed) ? listed : []), only].filter((it) => typeof it === 'string');
  return [...own, ...valuesOf(Object.values(shape))];
}

/** Names and short texts of what is given. */
function wordsOf(input: unknown): string[] {
  if (typeof input === 'string') return input.length <= 40 ? [input] : [];
  if (Array.isArray(input)) return input.flatMap(wordsOf);
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) => [key, ...wordsOf(value)]);
}
