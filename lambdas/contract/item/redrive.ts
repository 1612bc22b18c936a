import type { NeighbourName } from '../neighbour.ts';
import type { ErrorName } from './row.ts';
import type { ItemStatus, Stage } from './status.ts';

/** Which items of an automation. Whatever is left out is not asked for. */
export interface RedriveFilter {
  /** As the API says, where none was named. */
  status: readonly ItemStatus[];
  /** Of the error that the item rests with. */
  class?: readonly ErrorName[] | undefined;
  /** Where it stopped. */
  stage?: readonly Stage[] | undefined;
  label?: readonly string[] | undefined;
  /** Received then or later, and before (ISO 8601). */
  since?: string | undefined;
  until?: string | undefined;
  ids?: readonly string[] | undefined;
  /** Parked for this one, which was down. Asked for by the house alone. */
  neighbour?: NeighbourName | undefined;
}

/** How a redrive of many items stands. */
export interface RedriveView {
  id: string;
  automation: string;
  state: 'running' | 'done' | 'stopped';
  /** By whom, why and when (ISO 8601), where it is. */
  stopped?: Readonly<Record<'by' | 'reason' | 'at', string>>;
  /** Nothing was done: `done` is what would be. */
  dryRun?: true;
  /** Items that fitted the filter when it was asked for. */
  matched: number;
  /** Of them: let go on. */
  done: number;
  /** Of them: not, for a fault of ours that stayed. */
  failed: number;
  /** Of them: gone on by themselves, or not to be let go on now. */
  skipped: number;
}
