import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { configurationSetName } from '../../../lambdas/contract/names.ts';
import { suppressionKey } from '../../../lambdas/tables/keys.ts';
import { Handler, LIGHT } from '../../parts/handler.ts';
import { WorkQueue } from '../../parts/queue.ts';
import { rows, secret, table } from '../../parts/uses.ts';
import type { Data } from '../data.ts';
import type { Foundation } from '../foundation.ts';

/** What SES tells of the mails of actions; nothing where the configuration has no `email` destination. */
export function mailEventsOf(stack: Stack, foundation: Foundation, data: Data): void {
  const { config, environment } = foundation;
  if (!Object.values(config.destinations).some(({ connector }) => connector === 'email')) return;
  const scope = new Construct(stack, 'mail-events');
  const name = configurationSetName(environment.name);
  const set = new CfnConfigurationSet(scope, 'configuration set', { name });
  const { region, account, partition } = stack;
  // SES puts its events on the account's own bus and on no other.
  const eventBusArn = `arn:${partition}:events:${region}:${account}:event-bus/default`;
  const told = new CfnConfigurationSetEventDestination(scope, 'event destination', {
    configurationSetName: name,
    eventDestination: {
      ...{ name: 'events', enabled: true, matchingEventTypes: ['BOUNCE', 'COMPLAINT'] },
      eventBridgeDestination: { eventBusArn },
    },
  });
  told.addResourceDependency(set);
  const events = new WorkQueue(scope, 'events', {
    ...{ foundation, consumerTimeout: Duration.seconds(30), maxReceiveCount: 5 },
  });
  const hears = new Handler(scope, 'record/mail-events', {
    ...{ foundation, memorySize: LIGHT },
    description: 'remembers to which addresses no mail may go',
    uses: [
      table(data, 'CONTROL_TABLE', rows([suppressionKey('*')], 'PutItem')),
      secret('SUBJECT_SECRET', data.subjectSecret),
    ],
  });
  events.feed(hears, foundation, 2);
  new Rule(scope, 'bounces and complaints', {
    description: 'mails of actions that came back, or that somebody called spam',
    eventPattern: {
      source: ['aws.ses'],
      detail: {
        eventType: ['Bounce', 'Complaint'],
        mail: { tags: { 'ses:configuration-set': [name] } },
      },
    },
    targets: [new SqsQueue(events.queue)],
  });
}
