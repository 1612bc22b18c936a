import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LineageEntry } from '../contract/item/row.ts';
import type { Stage } from '../contract/item/status.ts';
import {
  DOOR_DELIVERED,
  DOOR_DIMENSION,
  doorDimension,
  LOGGED_COUNTS,
  METRICS,
  METRICS_SERVICE,
} from '../contract/metrics.ts';

/** Log facts, never events or bodies: a test plants a card number in every stage and searches the log. */
export const logger = new Logger({ serviceName: process.env.SERVICE ?? 'signalbox' });

/** Whether calls of AWS are told of: only then is it worth putting together what is told. */
export function logsCalls(): boolean {
  return ['TRACE', 'DEBUG'].includes(logger.getLevelName());
}

type Lines = Readonly<Record<'info' | 'warn' | 'error', (message: string, more?: object) => void>>;

/**
 * Writes lines that say which item and stage each is about; safe where ten items run at once. A child of the logger would do the same
 * for five times the CPU of a line.
 */
export function itemLogger(facts: {
  itemId: string;
  automation?: string;
  stage: Stage;
  generation?: number;
}): Lines {
  return {
    info: (message, more) => logger.info(message, { ...facts, ...more }),
    warn: (message, more) => logger.warn(message, { ...facts, ...more }),
    error: (message, more) => logger.error(message, { ...facts, ...more }),
  };
}

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
