import { Duration } from 'aws-cdk-lib';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { redrivesKey } from '../../../lambdas/tables/keys.ts';
import { Handler, LIGHT } from '../../parts/handler.ts';
import { mail, rows, table } from '../../parts/uses.ts';
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
    uses: [table(data, 'CONTROL_TABLE', WAITING_ALARMS), mail(foundation.config.sender)],
    tells: { BASE_URL: api.url, STAGE: foundation.environment.name },
  });
  foundation.alarmTopics.routine.addSubscription(new LambdaSubscription(alarms));
}
