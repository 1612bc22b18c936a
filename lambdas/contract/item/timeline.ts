import type { ItemRow, LineageEntry, TimelineEvent } from './row.ts';

/** The event of an item that an approver sent back; it carries the generation that begins. */
export const THINKING_AGAIN = 'thinking_again';

/** The generation in which the item was last thought about; a run that is resumed has a later one. */
export function thoughtIn({ timeline }: Pick<ItemRow, 'timeline'>): number {
  const last = timeline.findLast(({ event }) => event === THINKING_AGAIN);
  return typeof last?.generation === 'number' ? last.generation : 1;
}

/**
 * An item's events in the order of time, each call of a model among them. A call is kept once, in the lineage: kept twice in a row
 * that is written at every step, it would be paid for at every step. Two deliveries of one message write down what they did when
 * they are done, one after the other, though they worked side by side; events of one moment stand as they were written.
 */
export function timelineOf({
  timeline,
  lineage = [],
}: Pick<ItemRow, 'timeline' | 'lineage'>): TimelineEvent[] {
  return [...timeline, ...lineage.map(callEvent)].sort(inTime);
}

function callEvent({ at, rawConfidence: _, ...entry }: LineageEntry): TimelineEvent {
  return { at, event: 'model_called', ...entry };
}

export function inTime(a: { at: string }, b: { at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
