import type { StepRunner } from '../lambdas/contract/automation.ts';
import type { ModelSteps } from '../lambdas/contract/steps/steps.ts';

/** The steps that ask no model, where nobody is there to ask. */
export const noOtherSteps: Omit<StepRunner, keyof ModelSteps> = {
  agent: (name) => Promise.reject(new Error(`nobody answers the agent '${name}' here`)),
  search: (name) => Promise.reject(new Error(`nothing is searched in '${name}' here`)),
  // As if the source were down.
  lookup: ({ name, required = true }) =>
    required
      ? Promise.reject(new Error(`no source answers '${name}' here`))
      : Promise.resolve(undefined as never),
};

/** One that has the model's answer to everything: an agent that looks nothing up answers as a model does. */
export function answeredBy(model: StepRunner['model']): Pick<StepRunner, 'model' | 'agent'> {
  return { model, agent: model };
}
