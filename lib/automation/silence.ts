import { Duration, type Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { declaredDoors } from '../../lambdas/contract/intake/doors.ts';
import {
  DOOR_DELIVERED,
  DOOR_DIMENSION,
  doorDimension,
  METRICS_SERVICE,
} from '../../lambdas/contract/metrics.ts';
import { metricsNamespace } from '../../lambdas/contract/names.ts';
import { alarm } from '../parts/alarms.ts';
import type { Slot } from './reader.ts';

const HOUR = Duration.hours(1);

/** An alarm for each door that is not to be silent for long: nobody misses what never comes. */
export function silenceOf(
  stack: Stack,
  { automation, platform }: Pick<Slot, 'automation' | 'platform'>,
): void {
  const { environment, alarmTopics } = platform.foundation;
  for (const [door, { silentHours }] of declaredDoors(automation.doors ?? {})) {
    if (silentHours === undefined) continue;
    const metric = new Metric({
      namespace: metricsNamespace(environment.name),
      metricName: DOOR_DELIVERED,
      dimensionsMap: { service: METRICS_SERVICE, [DOOR_DIMENSION]: doorDimension(automation.name, door) },
      ...{ statistic: 'sum', period: HOUR },
    });
    // Every hour of them has to be silent.
    alarm(stack, alarmTopics, 'door/silent', `${stack.stackName} ${door}`, {
      ...{ metric, threshold: 1, periods: silentHours, below: true, id: `door/silent ${door}` },
      automation: automation.name,
      impact: `nothing came to ${automation.name} by ${door} for ${silentHours} hours: the sender, the source or the rule may stand still`,
    });
  }
}
