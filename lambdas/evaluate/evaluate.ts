import type { StageContext } from '../contract/automation.ts';
import type { Evaluated, Routed } from '../contract/item/envelope.ts';
import { PART_LEFT_OUT } from '../contract/item/reading.ts';
import { ProcessingError } from '../kit/errors.ts';
import { inOrder } from './in-order.ts';
import { watching } from './whole.ts';

/**
 * The automation's own thinking. If there is nothing to think about (a machine wrote, the label is `other`)
 * or the model gave no usable answer, it proposes to hand the item over to a person.
 */
export async function evaluate<Body>(
  item: Routed<Body>,
  { automation, implementation, step }: StageContext,
): Promise<Evaluated<Body>> {
  if (item.automatic) return handOver('a machine wrote this message');
  if (item.label === 'other') return handOver(item.unrouted ?? "no label but 'other' fits");
  const watched = item.whole === undefined ? undefined : watching(step, item.whole);
  try {
    const proposal = inOrder(await implementation.evaluate(item, watched?.step ?? step), automation.actions);
    const characters = proposal.readWhole ? 0 : (watched?.leftOut() ?? 0);
    if (characters === 0) return { ...item, proposal };
    const removed = [...(item.removed ?? []), { kind: 'rest', characters } as const];
    return { ...item, proposal, removed, suspicions: [...item.suspicions, PART_LEFT_OUT] };
  } catch (error) {
    if (error instanceof ProcessingError) return handOver(error.message);
    throw error;
  }

  function handOver(reason: string): Evaluated<Body> {
    return { ...item, proposal: automation.handOver(item, reason) };
  }
}
