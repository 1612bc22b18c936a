import type { Automation, Implementation } from '../../contract/automation.ts';
import type { Endpoint } from '../../contract/endpoint.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { Lease } from '../../tables/items/lease.ts';
import type { Work } from '../work.ts';

export interface ProcessOptions {
  env: EnvFor<'process/process'>;
  automation: Automation;
  implementation: Implementation;
  endpoints: readonly Endpoint[];
  /** That the message came from. @default the work queue */
  queueUrl?: string;
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number;
  /** Takes what is to be done now and then while the worker lives. */
  whileAlive?: (beat: () => Promise<void>) => void;
}

/** What one delivery does with an item that it has claimed. */
export interface Thinking extends Work {
  lease: Lease;
  fresh: boolean;
}
