import { Duration, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { busName } from '../../lambdas/contract/names.ts';
import { WorkQueue } from '../automation/work-queue.ts';
import { alarm, FIVE_MINUTES } from '../parts/alarms.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { archive, bus, every, queue, secret, table } from '../parts/uses.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** Tells the world of every status change: the event bus, the callers' addresses, and by a count those who operate it. */
export class Record extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, foundation: Foundation, data: Data) {
    super(scope, 'record');
    this.bus = new EventBus(this, 'bus', {
      eventBusName: busName(foundation.stage.name),
    });

    const timeout = Duration.seconds(30);
    const callbacks = new WorkQueue(this, 'callbacks', {
      foundation,
      consumerTimeout: timeout,
      maxReceiveCount: 8,
      oldest: Duration.hours(1),
      carries: 'status callbacks to callers',
    });
    const callback = new Handler(this, 'record/callback', {
      memorySize: LIGHT,
      foundation,
      timeout,
      description: 'posts a status change to the address the caller gave',
      uses: [secret('CLIENTS_SECRET', data.clientsSecret)],
      tells: { STAGE: foundation.stage.name },
    });
    callbacks.feed(callback, foundation, 2);

    const publish = new Handler(this, 'record/publish', {
      memorySize: LIGHT,
      foundation,
      watched: true,
      description: 'publishes status changes from the items table',
      uses: [
        bus(this.bus),
        queue('CALLBACK_QUEUE_URL', callbacks.queue, 'SendMessage'),
        table(data, 'AUDIT_TABLE', every('PutItem')),
      ],
    });
    publish.addEventSource(
      new DynamoEventSource(data.items as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        ...failedBatches(this, 'unpublished changes', foundation, 'status events and callbacks'),
      }),
    );

    const archiver = new Handler(this, 'record/archive', {
      memorySize: LIGHT,
      foundation,
      watched: true,
      description: 'copies the audit into a bucket that takes nothing twice',
      uses: [archive(data)],
    });
    archiver.addEventSource(
      new DynamoEventSource(data.audit as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        // One object for all that happens in five minutes: each costs as much as eight writes of a row. Nobody can change what the stream holds.
        maxBatchingWindow: Duration.minutes(5),
        ...failedBatches(this, 'unarchived entries', foundation, 'entries of the audit'),
      }),
    );
  }
}

/** Where a stream's batch goes that fails again and again, with its alarm; its neighbours are not held up by it. */
export function failedBatches(scope: Construct, id: string, foundation: Foundation, carries: string) {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  alarm(queue, foundation.alarmTopic, 'stream/failed-batches', queue.node.path, {
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'max' }),
    threshold: 1,
    impact: `changes nobody could handle are waiting: ${carries}`,
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'it is itself the end of the line: the stream puts here what failed again and again, and an alarm stands on it',
  });
  return { bisectBatchOnError: true, retryAttempts: 10, onFailure: new SqsDlq(queue) };
}
