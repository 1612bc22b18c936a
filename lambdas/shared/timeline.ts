import type { ItemRow, LineageEntry, TimelineEvent } from './item.ts';

/**
 * An item's events with each call of a model among them. A call is kept once, in the lineage: twice in a row that is written at
 * every step would be paid for at every step.
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
