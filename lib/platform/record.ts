import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { busName } from '../../lambdas/contract/names.ts';
import { kindOf, redrivesKey } from '../../lambdas/tables/keys.ts';
import { pollsByItself } from '../parts/environment.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { failedBatches, WorkQueue } from '../parts/queue.ts';
import { archive, content, receiptSalts, roots } from '../parts/uses/files.ts';
import { bus, changes, every, queue, rows, secret, sharedKeys, TELLS_OF_ALL, table } from '../parts/uses.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** What changes in an item's row when one of its children is told of. It decides nothing. */
const OF_PARENT = ['id', 'generation', 'status', 'children', 'timeline', 'updatedAt'];

/**
 * Tells the world of every status change: the event bus, the callers' addresses, and by a count those who
 * operate it.
 */
export class Recording extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, foundation: Foundation, data: Data, approvals: Queue) {
    super(scope, 'record');
    this.bus = new EventBus(this, 'bus', {
      eventBusName: busName(foundation.environment.name),
    });

    const timeout = Duration.seconds(30);
    const callbacks = new WorkQueue(this, 'callbacks', {
      foundation,
      consumerTimeout: timeout,
      maxReceiveCount: 8,
    });
    const callback = new Handler(this, 'record/callback', {
      memorySize: LIGHT,
      foundation,
      timeout,
      description: 'posts a status change to the address the caller gave',
      uses: [
        secret('CLIENTS_SECRET', data.clientsSecret),
        queue('CALLBACK_QUEUE_URL', callbacks.queue, 'ChangeMessageVisibility'),
      ],
      tells: { STAGE: foundation.environment.name },
    });
    callbacks.feed(callback, foundation, 2);

    const publish = new Handler(this, 'record/publish', {
      memorySize: LIGHT,
      foundation,
      description: 'publishes status changes from the items table',
      uses: [
        bus(this.bus),
        queue('CALLBACK_QUEUE_URL', callbacks.queue, 'SendMessage'),
        // Approvers learn that what they approved was not done.
        queue('APPROVALS_QUEUE_URL', approvals, 'SendMessage'),
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        // A parent learns of its children.
        table(data, 'ITEM_TABLE', every('GetItem'), changes(OF_PARENT)),
        // What is parked for a neighbour goes on by itself: the clock reads of it here.
        table(data, 'CONTROL_TABLE', rows([redrivesKey('parked')], 'GetItem', 'UpdateItem'), TELLS_OF_ALL),
      ],
      tells: { PUBLISHED: (foundation.config.events.statuses ?? STATUSES).join() },
    });
    publish.addEventSource(
      new DynamoEventSource(data.items as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        enabled: pollsByItself(foundation.environment),
        batchSize: 100,
        // An item's changes meet, and go together.
        maxBatchingWindow: Duration.seconds(1),
        // Of an item whose time is over there is nothing to tell.
        filters: [FilterCriteria.filter({ eventName: FilterRule.or('INSERT', 'MODIFY') })],
        ...failedBatches(this, foundation),
      }),
    );

    // The second reader of this stream, and the last: DynamoDB advises against a third. What else is kept of outcomes is kept by it.
    const outcomes = new Handler(this, 'record/outcomes', {
      memorySize: LIGHT,
      foundation,
      description: 'counts what becomes of items, and chains their receipts',
      uses: [
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf('*', 'statistics')], 'GetItem', 'PutItem'),
          // What is audited, and what audits find too much wrong with.
          rows([kindOf('*', 'sample')], 'GetItem', 'BatchGetItem', 'PutItem'),
          rows([kindOf('*', 'caution')], 'GetItem', 'BatchGetItem', 'UpdateItem'),
        ),
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        sharedKeys('CURSOR_KEYS', foundation.environment),
        table(data, 'RECEIPT_TABLE', every('Query', 'PutItem')),
        // What a receipt is of; it keeps digests of content, and makes their salt.
        table(data, 'APPROVAL_TABLE', every('GetItem')),
        content(data, '*', 'GetObject'),
        receiptSalts(data),
        roots(data, 'GetObject', 'PutObject'),
      ],
      tells: { ITEM_DAYS: String(foundation.config.retention.itemDays) },
    });
    // The root of a day is written though nothing comes any more.
    new Rule(this, 'each hour', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(outcomes, { retryAttempts: 0 })],
    });
    outcomes.addEventSource(
      new DynamoEventSource(data.items as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        enabled: pollsByItself(foundation.environment),
        batchSize: 100,
        // Many changes are one write of an hour's row; nobody waits for it.
        maxBatchingWindow: Duration.minutes(1),
        // For nothing but the shard's name, which Lambda tells with a window alone: what was counted is known by shard.
        tumblingWindow: Duration.minutes(15),
        filters: [FilterCriteria.filter({ eventName: FilterRule.or('INSERT', 'MODIFY') })],
        ...failedBatches(this, foundation),
      }),
    );

    const archiver = new Handler(this, 'record/archive', {
      memorySize: LIGHT,
      foundation,
      description: 'copies the audit into a bucket that takes nothing twice',
      uses: [archive(data)],
    });
    archiver.addEventSource(
      new DynamoEventSource(data.audit as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        enabled: pollsByItself(foundation.environment),
        batchSize: 100,
        // One object for all that happens in five minutes: each costs as much as eight writes of a row.
        // Nobody can change what the stream holds.
        maxBatchingWindow: Duration.minutes(5),
        ...failedBatches(this, foundation),
      }),
    );
  }
}
