import * as z from 'zod/mini';
import type { StageContext } from '../contract/automation.ts';
import type { Prepared, Routed } from '../contract/item/envelope.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';

/** The label that always exists and always goes to a person. */
export const OTHER = 'other';

/** One label from the automation's own list; any other answer becomes `other`, never a guess. */
export async function route<Body>(
  item: Prepared<Body>,
  { automation, implementation, step }: StageContext,
): Promise<Routed<Body>> {
  if (item.automatic) return { ...item, label: OTHER };
  const prompt = implementation.prompts.route;
  if (!prompt) throw new SystemError(`automation '${automation.name}' has no prompt for the step 'route'`);
  const schema = z.object({ label: z.enum(automation.labels) });
  try {
    const { label } = await step.model('route', {
      prompt,
      input: { labels: automation.labels, text: item.text },
      schema,
    });
    return { ...item, label };
  } catch (error) {
    if (error instanceof ProcessingError) return { ...item, label: OTHER, unrouted: error.message };
    throw error;
  }
}
