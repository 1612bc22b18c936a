import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { workflowName } from '../../../lambdas/contract/names.ts';
import { redrivesKey } from '../../../lambdas/tables/keys.ts';
import { Handler, LIGHT } from '../../parts/handler.ts';
import { deadLetters } from '../../parts/queue.ts';
import { mail, rows, TELLS_OF_ALL, table } from '../../parts/uses.ts';
import type { Api } from '../api.ts';
import type { Data } from '../data.ts';
import type { Foundation } from '../foundation.ts';

/** Alarms that can wait, until they go out. */
export const WAITING_ALARMS = rows([redrivesKey('alarms')], 'GetItem', 'UpdateItem');

/** Takes in the alarms that can wait; `operate/redrives` mails them together. SNS calls it without a queue: it costs nothing by the month. */
export function alarmDigestOf(scope: Construct, foundation: Foundation, data: Data, api: Api): void {
  const alarms = new Handler(scope, 'operate/alarms', {
    ...{ foundation, memorySize: LIGHT, watched: true },
    description: 'takes in the alarms that can wait, for one mail about all of them',
    timeout: Duration.minutes(1),
    uses: [table(data, 'CONTROL_TABLE', WAITING_ALARMS, TELLS_OF_ALL), mail(foundation.config.sender)],
    tells: { BASE_URL: api.url, STAGE: foundation.environment.name },
  });
  foundation.alarmTopics.routine.addSubscription(new LambdaSubscription(alarms));
  const machines = Stack.of(scope).formatArn({
    ...{ service: 'states', resource: 'stateMachine', arnFormat: ArnFormat.COLON_RESOURCE_NAME },
    resourceName: workflowName(foundation.environment.name, ''),
  });
  new Rule(scope, 'ended runs', {
    description: 'runs of automations that ended without writing down how',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT'], stateMachineArn: [{ prefix: machines }] },
    },
    targets: [new LambdaFunction(alarms, { deadLetterQueue: deadLetters(Stack.of(scope)) })],
  });
}
