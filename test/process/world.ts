import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { automation, type Demo, ENDPOINT, ENV, ID, PAY, sqsRecord } from '../support/fixtures.ts';

/* A worker that takes a message of the work queue and thinks about its item. */

export const thinking = (evaluate: Implementation['evaluate'] = async () => PAY, version = 'route.v1') =>
  ({ prompts: { route: { version, text: 'Sort.' } }, evaluate }) as Implementation;

export interface Work {
  /** What the message says besides the item and its first generation, or instead. */
  message?: object;
  receives?: number;
  of?: Automation<Demo>;
  implementation?: Implementation;
  sources?: Readonly<Record<string, Source>>;
}

export function work(given: Work = {}): Promise<void> {
  const { message = {}, receives = 1, of = automation, implementation = thinking(), sources = {} } = given;
  return processRecord(sqsRecord({ itemId: ID, generation: 1, ...message }, receives), {
    // The sources of a test are on this machine.
    env: given.sources ? { ...ENV, STAGE: 'local' } : ENV,
    endpoints: [ENDPOINT],
    automation: of as never,
    implementation,
    sources,
  });
}
