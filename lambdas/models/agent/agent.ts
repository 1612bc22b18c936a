import type { ModelRequest } from '../../contract/automation.ts';
import type { AgentPolicy, AgentTools, AgentTrace, Looked } from '../../contract/steps/agent.ts';
import { digest } from '../../kit/digest.ts';
import { InputError, ProcessingError } from '../../kit/errors.ts';
import { clearing } from '../../privacy/way-out.ts';
import type { Remembered } from '../../tables/idempotency/once.ts';
import type { Asked } from '../answer/answer.ts';
import { type Means, ModelStep, policyOf } from '../chat.ts';
import { exact } from '../prices.ts';
import { TooDear, TooLong } from '../router.ts';
import type { RunnerOptions } from '../runner.ts';
import { answersTo } from './answers.ts';
import { hasRoom, notesOf, withLess } from './conversation.ts';
import { payTurn, type SoFar, type TurnSaid } from './turn.ts';

/*
 * An agent: a model that looks up what it needs before it answers. Each turn is a paid step of its own, `name#1`, `name#2` …,
 * remembered under all that was said before it, so that a delivery that ended in the middle goes on where it ended. What a turn
 * asks is looked up by steps that are remembered as well. The last turn has no tools and is an ordinary request of a model: it is
 * what an agent comes to that ran out of turns, money, time or room, or goes round in circles.
 *
 * It cannot act: its tools are lookups and searches, and what it says is an answer like any model's, for `evaluate` to make a
 * proposal of and the gate to judge.
 */

/** How the steps of an item are paid. */
export interface AgentSteps {
  /** Pays for an answer once, and counts what it cost. */
  paid<T>(
    step: string,
    of: { version: string; input: string },
    pay: (means: Means) => Promise<Remembered<T>>,
  ): Promise<Remembered<T>>;
  /** The answer of a step, with how sure it is. */
  measured<T>(name: string, request: ModelRequest<T>, answer: Remembered<T>): Promise<T>;
  feedback: string | undefined;
}

export interface AgentRun<T> {
  name: string;
  request: ModelRequest<T>;
  policy: AgentPolicy;
  tools: AgentTools;
  /** Told as it goes, so that one that fails is told of too. */
  trace: Telling;
}

export interface Telling extends AgentTrace {
  looked: Looked[];
}

/** In so many turns on end it asked nothing new. */
const MOST_IDLE = 2;

/** @throws as `step.model` does, and what a lookup or a search throws */
export async function runAgent<T>(options: RunnerOptions, steps: AgentSteps, run: AgentRun<T>): Promise<T> {
  const { name, request, trace } = run;
  const { version, text } = request.prompt;
  const { feedback } = steps;
  const isMeasured = policyOf(options.automation, name).confidence !== undefined;
  let soFar: SoFar = { turns: [], spentUsd: 0, milliseconds: 0 };
  const next = (last: boolean) => {
    const asked = {
      input: request.input,
      prompt: text,
      feedback,
      turns: soFar.turns,
      last,
      model: request.model,
    };
    return [`${name}#${trace.turns + 1}`, { version, input: digest(asked) }] as const;
  };
  for (let idle = 0; !trace.ended; ) {
    if (trace.turns >= run.policy.mostTurns - 1) {
      trace.ended = 'turns';
      break;
    }
    const [step, of] = next(false);
    const asked = { ...request, ...{ step, feedback, policy: run.policy, tools: run.tools } };
    const kept = await steps.paid<TurnSaid<T>>(step, of, (means) => payTurn(options, asked, soFar, means));
    if (kept.lineage.length > 0) trace.turns += 1;
    if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
    soFar = { ...soFar, ...taken(soFar, kept) };
    const said = kept.value as TurnSaid<T>;
    // How sure a model is can be measured of an answer alone.
    if ('answer' in said && !isMeasured) return said.answer;
    if ('answer' in said) break;
    if ('ends' in said) {
      trace.ended = said.ends;
      break;
    }
    const answered = await answersTo(said, run.tools, soFar.turns);
    trace.looked.push(...answered.looked.map((it) => ({ turn: trace.turns, ...it })));
    soFar = { ...soFar, turns: [...soFar.turns, answered.turn] };
    idle = answered.hasProgress ? 0 : idle + 1;
    if (idle >= MOST_IDLE) trace.ended = 'loop';
    else if (!hasRoom(soFar.turns)) trace.ended = 'room';
  }
  const [step, of] = next(true);
  trace.turns += 1;
  const answer = await steps.paid<T>(step, of, (means) =>
    payAnswer(options, { ...request, step, feedback }, run.policy, soFar, means),
  );
  return steps.measured(name, request, answer);
}

function taken({ spentUsd, milliseconds }: SoFar, { lineage }: Remembered<unknown>) {
  return {
    spentUsd: exact(lineage.reduce((sum, { costUsd }) => sum + costUsd, spentUsd)),
    milliseconds: lineage.reduce((sum, entry) => sum + entry.milliseconds, milliseconds),
  };
}

/** The answer of one that may look up no more: with what it found, as a request like any other, as far as it may be read. */
async function payAnswer<T>(
  options: RunnerOptions,
  { feedback, ...asked }: Asked<T>,
  { mostUsd = Number.POSITIVE_INFINITY }: AgentPolicy,
  { turns, spentUsd }: SoFar,
  means: Means,
): Promise<Remembered<T>> {
  const leftUsd = Math.min(means.budget.leftUsd, exact(mostUsd - spentUsd));
  for (let read = turns; ; ) {
    const told = [feedback, notesOf(read, true)].filter((words) => words !== undefined);
    const whole = { ...asked, ...(told.length > 0 ? { feedback: told.join('\n\n') } : {}) };
    try {
      return await new ModelStep<T>(
        options,
        whole,
        { ...means, budget: { leftUsd } },
        await clearing(options.automation),
      ).answer();
    } catch (error) {
      // What was found last may be more than there is money or room for: then the answer is made of less.
      const less = error instanceof TooDear || error instanceof TooLong ? withLess(read) : undefined;
      if (less) read = less;
      else if (error instanceof InputError && turns.length > 0)
        throw new ProcessingError(`what '${asked.step}' looked up is too long for the model`, {
          cause: error,
        });
      else throw error;
    }
  }
}
