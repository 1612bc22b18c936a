import type { Automation, Implementation, StepRunner } from '../shared/automation.ts';
import type { Gated } from '../shared/item.ts';

/** What every stage of the processor is given besides the item: the automation, its thinking, and the door to the model. */
export interface StageContext {
  automation: Automation;
  implementation: Implementation;
  step: StepRunner;
  /** What else must hold for an item that would act alone. It may turn `act` into `ask`. @default nothing */
  alone?(item: Gated): Promise<Gated>;
}
