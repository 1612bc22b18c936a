import type { Automation, Implementation, StepRunner } from '../shared/automation.ts';

/** What every stage of the processor is given besides the item: the automation, its thinking, and the door to the model. */
export interface StageContext {
  automation: Automation;
  implementation: Implementation;
  step: StepRunner;
}
