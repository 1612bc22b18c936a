import type { Recipe } from '../parameters.ts';

/** What evaluate wants to do. `confidence` is a measured, calibrated figure or null; it is never invented. */
export interface Proposal {
  action: string;
  parameters: Readonly<Record<string, unknown>>;
  confidence: number | null;
  /** One or two sentences for the approver: why this and not something else. */
  brief: string;
  /** Whose words `brief` is: `'code'` where no model had a part in it. The gate does not believe it of one that repeats a model. @default the model's */
  briefBy?: 'code';
  evidence: readonly Evidence[];
  /** How each composed parameter was composed. */
  composed?: Readonly<Record<string, Recipe>>;
  /** Why it goes to a person, in fixed words of code: no word of the item, none of a model. */
  reason?: string;
}

/** A snippet the proposal rests on, in its source: a knowledge article, a policy rule, or the item itself. */
export interface Evidence {
  source: string;
  quote: string;
}
