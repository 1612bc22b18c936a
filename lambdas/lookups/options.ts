import type { Automation } from '../contract/automation.ts';
import type { Hides } from '../contract/item/privacy.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { Source } from '../contract/outside/source.ts';
import type { Lease } from '../tables/items/lease.ts';

export interface LookupOptions {
  item: Pick<ItemRow, 'id' | 'generation' | 'remembers' | 'priority'>;
  automation: Pick<Automation, 'name' | 'lookups' | 'privacy'>;
  /** Those that the automation may ask, by name. */
  sources: Readonly<Record<string, Source>>;
  idempotencyTable: string;
  controlTable: string;
  /** How long content is kept (`retention.contentDays`). @default without end */
  contentDays?: number | undefined;
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number | undefined;
  /** Nobody was at work on the item before: nothing of it is remembered. @default false */
  fresh?: boolean | undefined;
  /** Of who works on the item: without it nothing is asked. @default nobody else works on it */
  lease?: Pick<Lease, 'mustHold'> | undefined;
  /** Replaces personal data in answers. @default it is not replaced */
  vault?: Hides | undefined;
  /** The item has waited long enough for a busy source that it can go on without. @default false */
  impatient?: boolean | undefined;
  /** The whole product runs on this machine, its sources too. @default false */
  local?: boolean | undefined;
}
