import type { ItemStatus } from '../../contract/item/status.ts';

/** What an operator wants. */
export interface Wish {
  by: string;
  reason: string;
  /** Nothing remembered is used: every step is paid for again. */
  fresh?: boolean | undefined;
  /** `same`: what was judged stands. `current`: what is deployed now judges. */
  version?: 'same' | 'current' | undefined;
  /** What replaces its input; it is in the bucket already. */
  edit?: { bodyKey: string; reference?: string | undefined } | undefined;
  /** What the operator saw when he decided so: it goes on only where it is so still. */
  ifStatus?: ItemStatus | undefined;
  /** The redrive of many items that it belongs to. */
  redrive?: string | undefined;
}
