import type { Edit } from './edits.ts';

/*
 * A run is not to wait for minutes: visibility, leases and pauses of a copy are shortened by one factor. Limits of calls are too: a lease
 * is longer than the call that it stands for.
 */

export const FACTOR = 5;

/** Of every queue: no shorter than a lease. Set when all is deployed, as a template may not have it shorter than its function's limit. */
export const VISIBILITY_SECONDS = 75 / FACTOR;

const by = (value: number) => value / FACTOR;
const ms = (file: string, name: string, from: string): Edit => {
  const value = Number(from.replaceAll('_', ''));
  return { file, from: `${name} = ${from};`, to: `${name} = ${by(value)};` };
};
const field = (file: string, name: string, from: string): Edit => {
  const value = Number(from.replaceAll('_', ''));
  return { file, from: `  ${name}: ${from},`, to: `  ${name}: ${by(value)},` };
};

const BREAKER = 'lambdas/outbound/neighbour/breaker.ts';
const PAUSES = '[5, 30, 120, 300]';
const SHORT = `[${[5, 30, 120, 300].map(by).join(', ')}]`;

export const SHORTENED: readonly Edit[] = [
  // A laptop waits for five seconds, and no minute.
  {
    file: 'lib/platform/record.ts',
    from: 'maxBatchingWindow: Duration.minutes(1)',
    to: `maxBatchingWindow: Duration.seconds(${by(5)})`,
  },
  ms('lib/parts/queue.ts', 'LEAST_SECONDS', '75'),
  ms('lambdas/tables/items/lease.ts', 'LEASE_MS', '45_000'),
  ms('lambdas/tables/items/lease.ts', 'MARGIN_MS', '5000'),
  ms('lambdas/tables/items/ledger.ts', 'LEASE_MS', '45_000'),
  ms('lambdas/kit/queue/heartbeat.ts', 'VISIBLE_AFTER_SECONDS', '60'),
  ms('lambdas/kit/queue/heartbeat.ts', 'EVERY_MS', '20_000'),
  ms('lambdas/approve/ask/deliver.ts', 'SENDING_MS', '45_000'),
  ms('lambdas/tables/idempotency/requests.ts', 'AT_WORK_MS', '5_000'),
  ms('lambdas/tables/redrives/redrives.ts', 'LEASE_MS', '60_000'),
  ms('lambdas/outbound/waiting-error.ts', 'LOOK_SECONDS', '120'),
  ms('lambdas/record/callback.lambda.ts', 'AGAIN_SECONDS', '180'),
  ms('lambdas/approve/ask.lambda.ts', 'AGAIN_SECONDS', '180'),
  ms('lambdas/act/in-order.ts', 'MARGIN_MS', '3000'),
  { file: 'lambdas/process/process.ts', from: PAUSES, to: SHORT },
  { file: 'lambdas/act/again.ts', from: PAUSES, to: SHORT },
  {
    file: 'lib/automation/automation-stack.ts',
    from: 'actTimeout = Duration.seconds(30)',
    to: `actTimeout = Duration.seconds(${by(40)})`,
  },
  ms('lib/automation/destinations.ts', 'DESTINATION_SECONDS', '10'),
  ...[
    ['windowMs', '60_000'],
    ['openMs', '10_000'],
    ['openMostMs', '25_000'],
    ['openAskMs', '5000'],
    ['openActMostMs', '120_000'],
    ['rampMs', '10_000'],
    ['probeLookMs', '25_000'],
    ['spreadMs', '5000'],
    ['lookAskMs', '30_000'],
  ].map(([name = '', value = '']) => field(BREAKER, name, value)),
];
