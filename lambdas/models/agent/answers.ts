import * as z from 'zod/v4/core';
import type { AgentTool, AgentTools, Looked } from '../../contract/steps/agent.ts';
import { lineOf, linesOf } from '../../contract/steps/lookup.ts';
import { digest } from '../../kit/digest.ts';
import { ProcessingError } from '../../kit/errors.ts';
import { cutText } from '../../kit/text.ts';
import { jsonOf } from '../../outbound/refusal.ts';
import { MOST_CALLS, type ToolCall } from '../wire/tools.ts';
import { beginningOf, type Exchange, foundIn, type Said, type Turn } from './conversation.ts';

export interface Answered {
  turn: Turn;
  looked: readonly Omit<Looked, 'turn'>[];
  /** Something was asked that it had not asked before. */
  hasProgress: boolean;
}

interface Outcome {
  said: Said;
  looked: Omit<Looked, 'turn'>;
  /** It was really asked. */
  ran: boolean;
}

/** Characters of a fault that the model is told, and of what an approver is shown. */
const MOST_FAULT = 300;
const MOST_SHOWN = 600;

/**
 * Makes the calls of one answer, side by side, as far as they may be made. A call that may not be made is told why, as its answer.
 * @throws what a tool throws but for an answer of no use: the item waits for a source that is down
 */
export async function answersTo(
  { calls, more }: { calls: readonly ToolCall[]; more: number },
  tools: AgentTools,
  before: readonly Turn[],
): Promise<Answered> {
  const asked = new Set(before.flat().map(({ call }) => keyOf(call)));
  const begun = calls.map((call) => {
    const again = asked.has(keyOf(call));
    asked.add(keyOf(call));
    return again ? Promise.resolve(refused(AGAIN, call, tools)) : answerTo(call, tools);
  });
  // Each to its end: what was found is remembered, also beside one that failed.
  await Promise.allSettled(begun);
  const outcomes = await Promise.all(begun);
  const last = outcomes.at(-1);
  if (last && more > 0) last.said.note = `${more} more calls were not made: at most ${MOST_CALLS} at a time`;
  return {
    turn: outcomes.map(({ said }, at): Exchange => ({ call: calls[at] as ToolCall, said })),
    looked: outcomes.map(({ looked }) => looked),
    hasProgress: outcomes.some(({ ran }) => ran),
  };
}

const AGAIN = 'you have asked this before: its answer stands above';

/** Whatever the order of the arguments. */
function keyOf({ name, arguments: given }: ToolCall): string {
  return digest([name, jsonOf(given) ?? given]);
}

async function answerTo(call: ToolCall, tools: AgentTools): Promise<Outcome> {
  const tool = toolOf(call, tools);
  if (!tool) {
    const names = Object.keys(tools).join(', ');
    return refused(
      `there is no such tool: you have ${names}, which only read, and nothing else`,
      call,
      tools,
    );
  }
  const json = jsonOf(call.arguments);
  if (json === undefined) return refused('its arguments are no JSON', call, tools);
  const clear = cleared(tool, json);
  if (clear === undefined) return refused('this source may not be asked with that', call, tools);
  const parsed = z.safeParse(tool.schema, clear);
  if (!parsed.success) return refused(`its arguments do not fit: ${faultsOf(parsed.error)}`, call, tools);
  const about = { kind: tool.kind, of: tool.of, asked: json };
  const without = (came: Looked['came'], said: Said): Outcome => ({
    said,
    looked: { ...about, came },
    ran: true,
  });
  try {
    const found = await tool.run(json);
    if (found === undefined) return without('unavailable', { error: 'it cannot be asked now' });
    if (found === null || (Array.isArray(found) && found.length === 0)) return without('nothing', { found });
    const shown = beginningOf(tool.shown ? tool.shown(found) : fieldsOf(found), MOST_SHOWN);
    return { said: foundIn(found), looked: { ...about, came: 'found', found: shown }, ran: true };
  } catch (error) {
    if (!(error instanceof ProcessingError)) throw error;
    return without('unavailable', { error: 'it gave no usable answer' });
  }
}

function fieldsOf(found: unknown): string {
  return linesOf(found)
    .map(([path, value]) => lineOf(path, value))
    .join('\n');
}

/** Undefined where the source may not have what it would be asked with. */
function cleared(tool: AgentTool, input: unknown): unknown {
  try {
    return tool.clear ? tool.clear(input) : input;
  } catch (error) {
    if (error instanceof ProcessingError) return undefined;
    throw error;
  }
}

function refused(error: string, call: ToolCall, tools: AgentTools): Outcome {
  const tool = toolOf(call, tools);
  const about = tool ? { kind: tool.kind, of: tool.of } : {};
  return { said: { error }, looked: { ...about, came: 'refused' }, ran: false };
}

/** The name is the model's: `constructor` is nobody's tool. */
export function toolOf({ name }: Pick<ToolCall, 'name'>, tools: AgentTools): AgentTool | undefined {
  return Object.hasOwn(tools, name) ? tools[name] : undefined;
}

function faultsOf({ issues }: z.$ZodError): string {
  return cutText(issues.map(({ path, message }) => `/${path.join('/')} ${message}`).join('; '), MOST_FAULT);
}
