import type { Action } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ActionResult, ItemRow } from '../../contract/item/row.ts';
import type { Destination } from '../../contract/outside/destination.ts';

/** One action, allowed and written down as begun. */
export interface Call {
  item: string;
  /** The same item, as it was when its action began. */
  row: ItemRow;
  env: EnvFor<'act/act'>;
  /** Without a dot, like the item: the signature of `http` joins the two with one. */
  idempotencyKey: string;
  action: string;
  parameters: Readonly<Record<string, unknown>>;
  /** As the automation declares it now. Absent where it does so no more. */
  declared: Action | undefined;
  /** The destination may have seen the key before. */
  repeated: boolean;
  /** An earlier call had no clear answer: it may have acted. */
  unsure: boolean;
  /** When earlier tries began (milliseconds since 1970). Absent before the first. */
  tried?: { first: number; last: number } | undefined;
  /** Nobody else calls until then (milliseconds since 1970). */
  until: number;
}

/** How an action gets to destinations of one kind. */
export interface Connector<D extends Destination> {
  /** Whether an action may be sent again of which nobody knows whether it was done. */
  repeatable(destination: D, declared: Action | undefined): boolean;
  /**
   * Does one action.
   * @throws the errors of `act/answer.ts`, which say whether it may have happened; a TransientError when it is too late to call
   */
  call(destination: D, call: Call): Promise<ActionResult>;
}
