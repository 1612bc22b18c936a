import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LineageEntry, Stage } from './item.ts';

/** Log facts, never events or bodies: a test plants a card number in every stage and greps what was written. */
export const logger = new Logger({ serviceName: process.env.SERVICE ?? 'signalbox' });

/** A logger that says which item and stage each line is about; safe where ten items run at once. */
export function itemLogger(facts: {
  itemId: string;
  automation?: string;
  stage: Stage;
  generation?: number;
}): Logger {
  return logger.createChild({ persistentKeys: facts });
}

/** One service for all functions, in the environment's namespace (`POWERTOOLS_METRICS_NAMESPACE`): a graph or an alarm asks for an automation, not for the function that counted. */
export const METRICS_SERVICE = 'signalbox';

const metrics = new Metrics({ serviceName: METRICS_SERVICE });

/** Counts, by automation. Each is emitted only when it happens: an absent metric means zero. */
export const METRICS = {
  itemsAccepted: 'ItemsAccepted',
  itemsDuplicate: 'ItemsDuplicate',
  itemsDeferred: 'ItemsDeferred',
  itemsShed: 'ItemsShed',
  verdicts: 'Verdicts',
  itemsParked: 'ItemsParked',
  itemsQuarantined: 'ItemsQuarantined',
  modelCostMicroUsd: 'ModelCostMicroUsd',
  actionsDone: 'ActionsDone',
  actionRetries: 'ActionRetries',
  pagesOpened: 'ApprovalPagesOpened',
  decisionsPosted: 'ApprovalDecisionsPosted',
  proposalsTampered: 'ProposalsTampered',
  breakerUnreadable: 'BreakerUnreadable',
  endpointsShut: 'EndpointsShut',
  budgetWarnings: 'BudgetWarnings',
  itemsSuspended: 'ItemsSuspended',
} as const;

/** States, by automation, as the desk's clock finds them once a minute. */
export const GAUGES = {
  approvalsOpen: 'ApprovalsOpen',
  approvalsOldestSeconds: 'ApprovalsOldestSeconds',
  approvalsLate: 'ApprovalsLate',
} as const;

/** Adds to a count, as one embedded-metric line of the log: CloudWatch makes the metric, no call is made. */
export function count(metric: keyof typeof METRICS, automation: string, value = 1): void {
  const single = metrics.singleMetric();
  single.addDimension('automation', automation);
  single.addMetric(METRICS[metric], MetricUnit.Count, value);
}

/** Writes down states, each in a line of the same kind. */
export function gauge(automation: string, states: Record<keyof typeof GAUGES, number>): void {
  for (const [state, value] of Object.entries(states)) {
    const name = GAUGES[state as keyof typeof GAUGES];
    const single = metrics.singleMetric();
    single.addDimension('automation', automation);
    single.addMetric(name, name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
  }
}

/** One call of a model, by automation, step, model and endpoint: what graphs of latency and of cost per inference are made of. */
export function modelCall(automation: string, entry: LineageEntry): void {
  const { step, model, endpoint, costUsd, milliseconds, inputTokens, outputTokens } = entry;
  const one = new Metrics({ serviceName: METRICS_SERVICE });
  one.addDimensions({ automation, step, model, endpoint });
  one.addMetric('ModelCalls', MetricUnit.Count, 1);
  one.addMetric('ModelFailures', MetricUnit.Count, entry.failure ? 1 : 0);
  one.addMetric('ModelMilliseconds', MetricUnit.Milliseconds, milliseconds);
  one.addMetric('ModelTokens', MetricUnit.Count, inputTokens + outputTokens);
  one.addMetric('ModelUsd', MetricUnit.NoUnit, costUsd);
  one.publishStoredMetrics();
}
