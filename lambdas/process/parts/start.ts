/* Nearly all that is read before the first item, for `#start` (ADR 0120): what an automation is made of comes to it. */
export { readEnv } from '../../kit/env.ts';
export { sqsHandler } from '../../kit/queue/handler.ts';
export { Collections } from '../../knowledge/collections.ts';
export { processRecord } from '../process.ts';
