import type * as z from 'zod/v4/core';
import { jsonOf } from '../../outbound/refusal.ts';
import { wireSchema } from './schema.ts';

/** A tool as a model is told of it. */
export interface ToolOffer {
  name: string;
  description: string;
  /** Of its arguments. */
  schema: z.$ZodType;
}

/** What a model wants to know; all of it is its own words. */
export interface ToolCall {
  name: string;
  /** JSON, as it should be. */
  arguments: string;
}

/** A call as the conversation tells of it afterwards. */
export interface ToldCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** More calls of one answer are not even read. */
export const MOST_CALLS = 5;
/** Longer arguments are cut, and then they are no JSON. */
const MOST_ARGUMENTS = 4000;
const MOST_NAME = 64;

/** The fields of a request that offer tools. */
export function offered(tools: readonly ToolOffer[]) {
  return {
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function' as const,
      function: { name, description, parameters: wireSchema(schema) },
    })),
    tool_choice: 'auto' as const,
  };
}

/** The calls in a message: the first few of them, and how many more there were. */
export function callsIn(message: unknown): { calls: ToolCall[]; more: number } {
  const found = read(message).flatMap((call): ToolCall[] => {
    const { name, arguments: given } = (call ?? {}) as { name?: unknown; arguments?: unknown };
    if (typeof name !== 'string' || name === '') return [];
    // Some servers send an object where a text belongs, and nothing where there are no arguments.
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
    return [{ name: name.slice(0, MOST_NAME), arguments: (text.trim() || '{}').slice(0, MOST_ARGUMENTS) }];
  });
  return { calls: found.slice(0, MOST_CALLS), more: Math.max(0, found.length - MOST_CALLS) };
}

function read(message: unknown): unknown[] {
  const { tool_calls: calls, function_call: old } = (message ?? {}) as {
    tool_calls?: unknown;
    function_call?: unknown;
  };
  if (Array.isArray(calls) && calls.length > 0)
    return calls.map((call) => (call as { function?: unknown } | null)?.function);
  return old ? [old] : [];
}

/**
 * Under an id of ours: servers leave ids out, or give one twice. Arguments that are no JSON object would make some of them refuse the
 * request.
 */
export function toldCall({ name, arguments: given }: ToolCall, id: string): ToldCall {
  const said = jsonOf(given);
  const isObject = typeof said === 'object' && said !== null && !Array.isArray(said);
  // Servers refuse names of other letters, also where the model made them up.
  const safe = name.replace(/[^\w-]/g, '_');
  return { id, type: 'function', function: { name: safe, arguments: isObject ? given : '{}' } };
}
