import * as z from 'zod/mini';
import type { StageContext } from '../contract/automation.ts';
import type { Prepared, Routed } from '../contract/item/envelope.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { inWhole } from '../kit/long/ask.ts';

/** The label that always exists and always goes to a person. */
export const OTHER = 'other';

/** Why no label was given, in fixed words. */
const SEVERAL = 'parts of the text fit different labels';

/** One label from the automation's own list, by code where that knows it; any other answer becomes `other`, never a guess. */
export async function route<Body>(
  item: Prepared<Body>,
  { automation, implementation, step }: StageContext,
): Promise<Routed<Body>> {
  if (item.automatic) return { ...item, label: OTHER };
  const certain = automation.labelOf?.(item);
  if (certain !== undefined) {
    if (automation.labels.includes(certain)) return { ...item, label: certain };
    throw new SystemError(`automation '${automation.name}' has no label that its 'labelOf' gives`);
  }
  const prompt = implementation.prompts.route;
  if (!prompt) throw new SystemError(`automation '${automation.name}' has no prompt for the step 'route'`);
  const schema = z.object({ label: z.enum(automation.labels) });
  try {
    const answers = await inWhole(step, 'route', item, {
      prompt,
      schema,
      input: ({ text }) => ({ labels: automation.labels, text }),
    });
    const labels = [...new Set(answers.map(({ label }) => label))];
    // Of a long text many a part tells nothing; two that tell something else are a person's to weigh.
    const [label = OTHER, another] = labels.filter((it) => it !== OTHER);
    return another === undefined ? { ...item, label } : { ...item, label: OTHER, unrouted: SEVERAL };
  } catch (error) {
    if (error instanceof ProcessingError) return { ...item, label: OTHER, unrouted: error.message };
    throw error;
  }
}
