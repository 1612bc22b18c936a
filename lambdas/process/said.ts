import type { ModelRequest, StepRunner } from '../contract/automation.ts';
import { freeTexts, shapeOf } from '../gate/free-texts.ts';

/** Access to the model, and every free text that came through it. */
export interface Heard {
  step: StepRunner;
  said: string[];
}

/** Records model answers: the gate compares reasons with them. */
export function listening(step: StepRunner): Heard {
  const said: string[] = [];
  const hear = <T>({ schema }: Pick<ModelRequest<T>, 'schema'>, answering: Promise<T>): Promise<T> => {
    const answered = answering.then((answer) => {
      said.push(...freeTexts(answer, shapeOf(schema)));
      return answer;
    });
    // As of the step itself: a failure that nobody hears must not end the worker.
    answered.catch(() => {});
    return answered;
  };
  const heard: StepRunner = {
    ...step,
    model: (name, request) => hear(request, step.model(name, request)),
    agent: (name, request) => hear(request, step.agent(name, request)),
  };
  return { step: heard, said };
}
