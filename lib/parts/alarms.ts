import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { METRICS, METRICS_SERVICE } from '../../lambdas/contract/metrics.ts';
import { metricsNamespace } from '../../lambdas/contract/names.ts';

export interface AlarmProps {
  metric: IMetric;
  /** Alarms at this value or above. */
  threshold: number;
  /** Periods in a row. @default 1 */
  periods?: number;
  /** Alarms below `threshold` instead, and when nothing is sent at all. @default false */
  below?: boolean;
  /** Where one scope has several of a name. @default the name */
  id?: string;
  /** What a caller, an approver or the operator will notice. */
  impact: string;
}

/**
 * One call that cannot be made badly: name, text and runbook entry are composed here. `name` is the heading
 * of its entry in docs/runbook.md (a test holds both lists together); `where` tells which of several it is.
 */
export function alarm(
  scope: Construct,
  topic: ITopic,
  name: string,
  where: string,
  props: AlarmProps,
): Alarm {
  const made = new Alarm(scope, `alarm ${props.id ?? name}`, {
    // The subject of the mail at night: it says which queue or function, and which entry of the runbook.
    alarmName: `${where}: ${name}`,
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: props.periods ?? 1,
    comparisonOperator: props.below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // SQS and Lambda send nothing while nothing happens, and that is good: but for what must happen all the
    // time.
    treatMissingData: props.below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: `${props.impact}. Runbook: docs/runbook.md, "${name}"`,
  });
  const action = new SnsAction(topic);
  made.addAlarmAction(action);
  made.addOkAction(action);
  return made;
}

/** Where every alarm goes. A topic with a policy of its own takes messages only from whom it names. */
export function alarmsTopic(scope: Construct, environment: string): Topic {
  const topic = new Topic(scope, 'alarms', { displayName: `Signalbox ${environment}`, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}

export const FIVE_MINUTES = Duration.minutes(5);

/** What our functions count, over all automations of an environment, in five minutes. */
export function counted(metric: keyof typeof METRICS, environment: string): IMetric {
  return new Metric({
    namespace: metricsNamespace(environment),
    metricName: METRICS[metric],
    dimensionsMap: { service: METRICS_SERVICE },
    statistic: 'sum',
    period: FIVE_MINUTES,
  });
}
