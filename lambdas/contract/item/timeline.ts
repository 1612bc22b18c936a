import type { ItemRow, LineageEntry, TimelineEvent } from './row.ts';
import type { ItemStatus } from './status.ts';

/** The event of an item that was sent back; it carries the new generation. */
export const THINKING_AGAIN = 'thinking_again';

/** The event of an item that an operator let go on; it carries the new generation. */
export const REDRIVEN = 'redriven';

/** The event of an item that stood still, and got what it lacked. */
export const SET_GOING = 'set_going';

const AT_REST: readonly ItemStatus[] = ['parked', 'quarantined'];

/** Where an item stopped, as its timeline tells; a run that ended it tells no stage. */
export function stoppedIn({ timeline }: Pick<ItemRow, 'timeline'>): string | undefined {
  const last = timeline.findLast(({ event }) => AT_REST.some((status) => status === event));
  return last && (typeof last.stage === 'string' ? last.stage : 'approve');
}

/** The generation in which the item was last thought about; a resumed run has a later one. */
export function thoughtIn({ timeline }: Pick<ItemRow, 'timeline'>): number {
  const last = timeline.findLast(({ event }) => event === THINKING_AGAIN);
  return typeof last?.generation === 'number' ? last.generation : 1;
}

/**
 * An item's events by time, with its calls of models and sources. A call is stored once, in the lineage: twice, in a row that
 * every step writes, would be paid at every step. Two deliveries of one message that worked side by side
 * write one after the other; events of one moment keep the order in which they were written. What it began with stays first, also where
 * the clock of a later function is behind.
 */
export function timelineOf({
  timeline,
  lineage = [],
}: Pick<ItemRow, 'timeline' | 'lineage'>): TimelineEvent[] {
  const [first, ...later] = timeline;
  return [...(first ? [first] : []), ...[...later, ...lineage.map(callEvent)].sort(inTime)];
}

function callEvent({ at, rawConfidence: _, ...entry }: LineageEntry): TimelineEvent {
  return { at, event: entry.source === undefined ? 'model_called' : 'source_asked', ...entry };
}

export function inTime(a: { at: string }, b: { at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
