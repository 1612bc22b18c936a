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
 * One alarm for each kind, over all automations: an alarm and a metric cost by the month, whoever
 * they are about. The log lines say which automation it is (ADR 0037). Other troubles are judged by the clock (ADR 0104).
 */
const FAMILIES: readonly Family[] = [
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
