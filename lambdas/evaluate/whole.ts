import type { ModelRequest, StepRunner } from '../contract/automation.ts';
import { partsOf } from '../kit/long/parts.ts';

/*
 * Whether a model was given all of a long text. An automation's own thinking reads it in parts, or forgets to: what nobody read must not
 * be acted on.
 */

export interface Watched {
  step: StepRunner;
  /** Characters of the parts that stand in no input which was answered. */
  leftOut(): number;
}

/** The same steps, watched for which parts of the text they are given. */
export function watching(step: StepRunner, whole: string): Watched {
  const given = new Set<string>();
  const left = new Set(partsOf(whole));
  const read = <T>({ input }: Pick<ModelRequest<T>, 'input'>, answering: Promise<T>): Promise<T> => {
    const answered = answering.then((answer) => {
      for (const text of textsIn(input)) given.add(text);
      return answer;
    });
    // As of the step itself: a failure that nobody hears must not end the worker.
    answered.catch(() => {});
    return answered;
  };
  const watched: StepRunner = {
    ...step,
    model: (name, request) => read(request, step.model(name, request)),
    agent: (name, request) => read(request, step.agent(name, request)),
  };
  const isGiven = (part: string) => given.has(part) || [...given].some((text) => text.includes(part));
  return {
    step: watched,
    leftOut: () => [...left].reduce((sum, part) => sum + (isGiven(part) ? 0 : part.length), 0),
  };
}

function textsIn(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  return typeof input === 'object' && input !== null ? Object.values(input).flatMap(textsIn) : [];
}
