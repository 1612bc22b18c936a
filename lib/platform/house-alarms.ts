import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { METRICS } from '../../lambdas/contract/metrics.ts';
import { type AlarmName, alarm, counted, FIVE_MINUTES } from '../parts/alarms.ts';
import type { Api } from './api.ts';
import type { Foundation } from './foundation.ts';

interface Family {
  name: AlarmName;
  metric: keyof typeof METRICS;
  periods?: number;
  impact: string;
}

/**
 * One alarm for each kind of trouble, over all automations: an alarm and a metric cost by the month, whoever
 * they are about. The log lines and the items say which automation it is (ADR 0037).
 */
const FAMILIES: readonly Family[] = [
  {
    name: 'items/parked',
    metric: 'itemsParked',
    impact: 'items stand still until a person lets them go on',
  },
  {
    name: 'items/quarantined',
    metric: 'itemsQuarantined',
    impact: 'items could not be read and are put aside',
  },
  {
    name: 'approvals/tampered',
    metric: 'proposalsTampered',
    impact: 'a proposal was changed after the gate or after its approval; nothing was done with it',
  },
  {
    name: 'audit/changed',
    metric: 'auditChanged',
    impact: 'an entry of the audit was changed or taken out; its copy in the archive is what it was',
  },
  {
    name: 'approvals/late',
    metric: 'approvalsLate',
    periods: 3,
    impact: 'approvals are overdue; low-priority work is deferred or turned away',
  },
  {
    name: 'budget/warning',
    metric: 'budgetWarnings',
    impact:
      'four fifths of the budget of today of an automation are booked; at all of it its items wait for tomorrow',
  },
  {
    name: 'budget/spent',
    metric: 'itemsSuspended',
    impact:
      'the budget of today of an automation is spent: items wait, and go on tomorrow or when it is raised',
  },
  {
    name: 'breaker/open',
    metric: 'breakersOpen',
    periods: 2,
    impact:
      'the breaker of an endpoint or a destination is open: questions go to another endpoint, or items and actions wait',
  },
  {
    name: 'schedules/failing',
    metric: 'pollsFailed',
    periods: 3,
    impact: 'a source that is polled gives no answer of use: its new records are not taken in yet',
  },
  {
    name: 'promises/broken',
    metric: 'promisesBroken',
    impact:
      'items have not ended by when their label promises it: callers wait for longer than they were told',
  },
  {
    name: 'reviews/overdue',
    metric: 'reviewsOverdue',
    impact: 'automations run whose review is overdue, or whose owner is nobody in the configuration',
  },
  {
    name: 'drift/found',
    metric: 'shiftsFound',
    impact:
      'the last week of an automation differs from the weeks before it: its prompts, gate or models may no longer fit',
  },
  {
    name: 'release/rolled-back',
    metric: 'rollbacks',
    impact:
      'a prompt or model that was tried was worse, and serves nobody any more; items that it judged stay judged',
  },
  {
    name: 'breaker/unreadable',
    metric: 'breakerUnreadable',
    impact: 'the row of a breaker cannot be read: calls are made without pace and without breaker',
  },
];

/** The alarms of an environment that belong to no single queue, function or run. */
export class HouseAlarms extends Construct {
  constructor(scope: Construct, { environment, alarmTopics }: Foundation, { http }: Api) {
    super(scope, 'house');
    const where = `signalbox-${environment.name}`;
    for (const { name, metric, periods = 1, impact } of FAMILIES) {
      const about = { metric: counted(metric, environment.name), threshold: 1, periods, impact };
      alarm(this, alarmTopics, name, where, about);
    }
    alarm(this, alarmTopics, 'api/errors', where, {
      metric: http.metricServerError({ period: FIVE_MINUTES, statistic: 'sum' }),
      threshold: 1,
      impact: 'callers, approvers or people in the console got an error of ours; what they sent may be lost',
    });
    alarm(this, alarmTopics, 'function/throttles', where, {
      // Without dimensions: over all functions of the account, which is what the limit is on.
      metric: new Metric({
        ...{ namespace: 'AWS/Lambda', metricName: 'Throttles' },
        ...{ statistic: 'sum', period: FIVE_MINUTES },
      }),
      threshold: 1,
      periods: 3,
      impact: 'work is slower than it could be: the account has too few concurrent executions',
    });
  }
}
