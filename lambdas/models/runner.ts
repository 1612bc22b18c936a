import type { Automation, StepRunner } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { ItemRow, LineageEntry } from '../contract/item/row.ts';
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
}

export interface Runner extends StepRunner {
  lineage: LineageEntry[];
  /** Calls that nothing remembers: of steps that came to nothing yet, and of embeddings. They were paid for all the same. */
  lost: LineageEntry[];
  /** Begins no step any more, and waits for the one that is under way: what it costs is this item's. */
  close(): Promise<void>;
}

export function payerOf({ item, automation, controlTable, deadline }: RunnerOptions): Payer {
  return { automation, controlTable, priority: item.priority, item: item.id, deadline };
}
