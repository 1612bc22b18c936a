import type { Item, Posted } from '../invariants/collected.ts';
import type { Random } from '../random.ts';
import type { Rig } from '../rig.ts';
import type { World } from '../world.ts';

/** What a fault can reach. A run on an application that others deployed has no rig. */
export interface Place {
  world: World;
  rig: Rig | undefined;
  random: Random;
  /** What was accepted by now. */
  posted(): readonly Posted[];
  /** Items of the run, as they are. */
  items(): Promise<Item[]>;
  /** An operator's command, which has to be in the audit where it was obeyed. */
  redrive(id: string, reason: string): Promise<number>;
  /** What a fault did, for the report. */
  note(what: string): void;
}

export interface Fault {
  name: string;
  /** What it does, in a sentence. */
  says: string;
  /** Where it lies. */
  at:
    | 'function'
    | 'delivery'
    | 'stream'
    | 'model'
    | 'source'
    | 'destination'
    | 'caller'
    | 'aws'
    | 'people'
    | 'engine';
  /** Whether it needs an application of its own. */
  needsRig: boolean;
  /** Seconds behind the first post at which it may begin at the latest. */
  within: number;
  /** Calls of models that may come twice by it, for each worker that it ends, or at all. */
  excuses: { each?: number; all?: number /** Milliseconds by which clocks may differ. */; clocksMs?: number };
  /** Begins it. @returns what ends it; with nothing it has ended by itself */
  begin(place: Place): Promise<void | (() => void | Promise<void>) | Lasting>;
}

/** Ends a fault that is over by itself: until then a run waits a while longer for what it is to meet. */
export interface Lasting {
  (): void | Promise<void>;
  isOver(): boolean;
}

/** A message of work is read with up to nine others, and each may be in a call. */
export const BATCH = 10;

/** What nearly all have in common. */
export const usual = { needsRig: true, within: 2.5, excuses: {} } as const;

/** @throws Error where the run has no wire */
export function rigOf({ rig }: Place): Rig {
  if (!rig) throw new Error('this fault needs an application of its own');
  return rig;
}
