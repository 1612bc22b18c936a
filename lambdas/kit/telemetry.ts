import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LineageEntry } from '../contract/item/row.ts';
import {
  DOOR_DELIVERED,
  DOOR_DIMENSION,
  doorDimension,
  LOGGED_COUNTS,
  METRICS,
  METRICS_SERVICE,
} from '../contract/metrics.ts';
import { logger } from './log/logger.ts';

export { itemLogger, logger, logsCalls } from './log/logger.ts';

let metrics: Metrics | undefined;

/** Adds to an automation's count: for an alarm as one embedded-metric line, else as a plain line. */
export function count(
  counted: keyof typeof METRICS | keyof typeof LOGGED_COUNTS,
  automation: string,
  value = 1,
): void {
  if (!(counted in METRICS)) {
    const name = LOGGED_COUNTS[counted as keyof typeof LOGGED_COUNTS];
    logger.info('counted', { automation, [name]: value });
    return;
  }
  metrics ??= new Metrics({ serviceName: METRICS_SERVICE });
  const single = metrics.singleMetric();
  single.addMetadata('automation', automation);
  single.addMetric(METRICS[counted as keyof typeof METRICS], MetricUnit.Count, value);
}

/** That a door delivered something: only of one whose silence an alarm tells of, as each has a metric of its own. */
export function delivered(automation: string, door: string): void {
  metrics ??= new Metrics({ serviceName: METRICS_SERVICE });
  const single = metrics.singleMetric();
  single.addDimension(DOOR_DIMENSION, doorDimension(automation, door));
  single.addMetric(DOOR_DELIVERED, MetricUnit.Count, 1);
}

/** What of an automation waits for people, as the timekeeper finds it. */
export interface OpenApprovals {
  approvalsOpen: number;
  approvalsOldestSeconds: number;
  approvalsLate: number;
}

/** Writes the state of approvals; nothing while nothing waits. */
export function gauge(automation: string, states: OpenApprovals): void {
  const { approvalsOpen, approvalsOldestSeconds, approvalsLate } = states;
  if (approvalsOpen === 0) return;
  logger.info('waiting', {
    ...{ automation, ApprovalsOpen: approvalsOpen, ApprovalsOldestSeconds: approvalsOldestSeconds },
  });
  if (approvalsLate > 0) count('approvalsLate', automation, approvalsLate);
}

/** One call of a model, with what figures of latency and of cost per inference are made of. */
export function modelCall(automation: string, entry: LineageEntry): void {
  const { step, model, endpoint, costUsd, milliseconds, inputTokens, outputTokens } = entry;
  logger.info('model called', {
    ...{ automation, step, model, endpoint },
    ModelCalls: 1,
    ModelFailures: entry.failure ? 1 : 0,
    ModelMilliseconds: milliseconds,
    ModelTokens: inputTokens + outputTokens,
    ModelUsd: costUsd,
  });
}
