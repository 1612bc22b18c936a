import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { stackName } from '../../../lambdas/contract/names.ts';
import { type AlarmTopics, urgentTopics } from '../alarms.ts';
import type { Environment } from '../environment.ts';
import { acknowledgeWildcard } from '../permissions.ts';
import type { Use } from '../uses.ts';

/** To tell people of what is urgent, at once. */
export function alarmTopics(topics: AlarmTopics): Use<'ALARM_TOPICS'> {
  const urgent = urgentTopics(topics);
  return {
    ...{ variable: 'ALARM_TOPICS', value: urgent.map(({ topicArn }) => topicArn).join() },
    grant: (fn) => {
      for (const topic of urgent) topic.grantPublish(fn);
    },
  };
}

/** To see how many messages wait in the queues of an environment, and how old they are. It takes none of them. */
export function looksAtQueues({ name }: Environment): Use<never> {
  return {
    ...{ variable: undefined, value: '' },
    grant: (fn) => {
      for (const resource of [stackName(name, '*'), `signalbox-${name}-*`]) {
        const arn = Stack.of(fn).formatArn({ service: 'sqs', resource });
        fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [arn] }));
        acknowledgeWildcard(
          fn.role,
          `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${resource}`,
          'the clock looks at the queues of automations that are deployed after it',
        );
      }
      const actions = ['sqs:ListQueues', 'cloudwatch:GetMetricStatistics'];
      fn.addToRolePolicy(new PolicyStatement({ actions, resources: ['*'] }));
      acknowledgeWildcard(fn.role, '*', 'neither a list of queues nor a metric has a resource to name');
    },
  };
}
