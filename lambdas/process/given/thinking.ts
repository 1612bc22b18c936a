import type { Automation, Implementation } from '../../contract/automation.ts';
import type { Endpoint } from '../../contract/endpoint.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { Proposed } from '../../contract/item/proposal.ts';
import type { Source } from '../../contract/outside/source.ts';
import type { OpenCollection } from '../../knowledge/collections.ts';
import type { Lease } from '../../tables/items/lease.ts';
import type { Work } from '../work.ts';

export interface ProcessOptions {
  env: EnvFor<'process/process'>;
  automation: Automation;
  implementation: Implementation<unknown, Proposed>;
  endpoints: readonly Endpoint[];
  /** Those that the automation may ask, by name. @default none */
  sources?: Readonly<Record<string, Source>>;
  /** Every prompt of its folder, by version. @default those in use alone */
  prompts?: Readonly<Record<string, string>>;
  /** Gives the indexes of collections. @default there are none */
  open?: OpenCollection;
  /** That the message came from. @default the work queue */
  queueUrl?: string;
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number;
  /** Takes what is to be done now and then while the worker lives. */
  whileAlive?: (beat: () => Promise<void>) => void;
  /** Waits until nothing else of the batch is in work, and keeps it so. @default nothing is known of a batch */
  alone?: () => Promise<void>;
}

/** What one delivery does with an item that it has claimed. */
export interface Thinking extends Work {
  lease: Lease;
  fresh: boolean;
}
