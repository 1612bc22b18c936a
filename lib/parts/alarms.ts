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
import { type ITopic, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type AlarmName, alarmText, SEVERITY } from '../../lambdas/contract/alarms/alarms.ts';
import { METRICS, METRICS_SERVICE } from '../../lambdas/contract/metrics.ts';
import { metricsNamespace } from '../../lambdas/contract/names.ts';
import type { ResolvedConfig } from '../config.ts';

export { type AlarmName, pressOf, SEVERITY } from '../../lambdas/contract/alarms/alarms.ts';

export interface AlarmProps {
  metric: IMetric;
  /** Alarms at this value or above. */
  threshold: number;
  /** Periods in a row. @default 1 */
  periods?: number;
  /** Alarms below `threshold` instead, and when nothing is sent at all. @default false */
  below?: boolean;
  /** Alarms when nothing is sent at all, too. @default false */
  always?: boolean;
  /** Where one scope has several of a name. @default the name */
  id?: string;
  /** It is mailed at once though it is routine: the mail of many depends on what it watches. @default false */
  direct?: boolean;
  /** Whose it is, where its command is about one. */
  automation?: string;
  /** What a caller, an approver or the operator will notice. */
  impact: string;
}

/** Where alarms go: urgent ones to `operators` at once, and to `onCall` where the configuration names somebody; others in one mail. */
export interface AlarmTopics {
  environment: string;
  operators: ITopic;
  onCall?: ITopic;
  /** What takes them in mails them together. */
  routine: ITopic;
}

export const urgentTopics = ({ operators, onCall }: AlarmTopics): ITopic[] =>
  onCall ? [operators, onCall] : [operators];

/**
 * One call that cannot be made badly: name, severity, text and runbook entry are composed here. `name` is the heading
 * of its entry in docs/runbook.md (a test holds both lists together); `where` tells which of several it is.
 */
export function alarm(
  scope: Construct,
  topics: AlarmTopics,
  name: AlarmName,
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
    treatMissingData:
      props.below || props.always ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: alarmText(name, props.impact, topics.environment, props.automation),
  });
  const wait = props.direct ? [topics.operators] : [topics.routine];
  for (const topic of SEVERITY[name] === 'urgent' ? urgentTopics(topics) : wait) {
    made.addAlarmAction(new SnsAction(topic));
    made.addOkAction(new SnsAction(topic));
  }
  return made;
}

/** Topics of the configuration's people. That of urgent ones is there only where somebody is on call. */
export function alarmTopics(
  scope: Construct,
  environment: string,
  { operators, onCall }: Pick<ResolvedConfig, 'operators' | 'onCall'>,
): AlarmTopics {
  const operatorsTopic = alarmTopic(scope, 'alarms', `Signalbox ${environment}`);
  const routine = alarmTopic(scope, 'routine alarms', `Signalbox ${environment} routine`);
  const topics = { environment, operators: operatorsTopic, routine };
  for (const email of operators) topics.operators.addSubscription(new EmailSubscription(email));
  if (onCall.length === 0) return topics;
  const urgent = alarmTopic(scope, 'urgent alarms', `Signalbox ${environment} urgent`);
  for (const to of onCall)
    urgent.addSubscription(
      to.startsWith('https:')
        ? new UrlSubscription(to, { protocol: SubscriptionProtocol.HTTPS })
        : new EmailSubscription(to),
    );
  return { ...topics, onCall: urgent };
}

/** A topic with a policy of its own takes messages only from whom it names. */
function alarmTopic(scope: Construct, id: string, displayName: string): Topic {
  const topic = new Topic(scope, id, { displayName, enforceSSL: true });
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
