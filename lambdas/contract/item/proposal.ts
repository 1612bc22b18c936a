import type { Recipe } from '../parameters.ts';

/** What evaluate proposes. `confidence` is measured and calibrated, or null; never invented. */
export interface Proposal {
  action: string;
  parameters: Readonly<Record<string, unknown>>;
  confidence: number | null;
  /** One or two sentences for the approver: why this and not something else. */
  brief: string;
  /**
   * Whose words `brief` is: `'code'` if no model had a part in it. The gate does not believe that of a brief
   * that repeats a model.
   * @default code's where it says `reason` again, else the model's
   */
  briefBy?: 'code';
  evidence: readonly Evidence[];
  /** How each composed parameter was composed. */
  composed?: Readonly<Record<string, Recipe>>;
  /** Code of `evaluate` has read all of a long text (`item.whole`), so that no model need have. @default false */
  readWhole?: true;
  /** Why it goes to a person, in fixed words of code: no word of the item, none of a model. */
  reason?: string;
}

/** A supporting snippet, and its source: an article, a policy rule, or the item itself. */
export interface Evidence {
  source: string;
  quote: string;
}
