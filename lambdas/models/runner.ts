import type { Automation, StepRunner } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { ItemRow, LineageEntry } from '../contract/item/row.ts';
import type { Lease } from '../tables/items/lease.ts';
import type { Payer } from './paid-call.ts';

export interface RunnerOptions {
  /** Its lineage so far: what earlier generations cost counts against the item's budget. */
  item: Pick<ItemRow, 'id' | 'generation' | 'lineage' | 'priority'>;
  body: unknown;
  /** What people said when they sent the item back. */
  feedback: readonly string[];
  automation: Pick<Automation, 'name' | 'budget' | 'prompts' | 'steps' | 'residency'>;
  endpoints: readonly Endpoint[];
  idempotencyTable: string;
  controlTable: string;
  /** How long content is kept (`retention.contentDays`). @default without end */
  contentDays?: number;
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number;
  /** Nobody was at work on the item before: no step of it is remembered. @default false */
  fresh?: boolean;
  /** Of who works on the item: without it no call is made. @default nobody else works on it */
  lease?: Pick<Lease, 'mustHold'>;
}

export interface Runner extends StepRunner {
  lineage: LineageEntry[];
  /** Paid calls that no memo holds: those of unfinished steps, and of embeddings. */
  lost: LineageEntry[];
  /** Starts no further step, waits for the running one, whose cost belongs to this item, and gives back unspent money. */
  close(): Promise<void>;
}

export function payerOf({ item, automation, controlTable, deadline, lease }: RunnerOptions): Payer {
  return { automation, controlTable, priority: item.priority, item: item.id, deadline, lease };
}
