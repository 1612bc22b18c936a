import type { ItemRow, LineageEntry, TimelineEvent } from './item.ts';

/**
 * An item's events with each call of a model among them, where its time is. A call is kept once, in the lineage: kept twice in a
 * row that is written at every step, it would be paid for at every step.
 */
export function timelineOf({
  timeline,
  lineage = [],
}: Pick<ItemRow, 'timeline' | 'lineage'>): TimelineEvent[] {
  const whole = [...timeline];
  for (const call of lineage.map(callEvent)) {
    // Events stand in the order in which they were written; clocks that differ do not change it.
    const next = whole.findIndex(({ at }) => at > call.at);
    whole.splice(next === -1 ? whole.length : next, 0, call);
  }
  return whole;
}

function callEvent({ at, rawConfidence: _, ...entry }: LineageEntry): TimelineEvent {
  return { at, event: 'model_called', ...entry };
}

export function inTime(a: { at: string }, b: { at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
