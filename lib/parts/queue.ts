import { CfnDeletionPolicy, Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLettersName, stackName } from '../../lambdas/contract/names.ts';
import type { Foundation } from '../platform/foundation.ts';
import { alarm, FIVE_MINUTES } from './alarms.ts';
import { pollsByItself } from './environment.ts';

export interface WorkQueueProps {
  foundation: Foundation;
  /**
   * The consumer's timeout. A message is invisible for as long, which is the least that Lambda takes: what a worker that crashed has
   * held comes back then, or earlier where the worker has a heartbeat. Lambda advises six times as long for consumers that are
   * throttled; ours are held back before they are invoked.
   */
  consumerTimeout: Duration;
  /** Deliveries before a message goes to the dead-letter queue. */
  maxReceiveCount: number;
  /** Where functions of another stack find it by name. @default one that CloudFormation makes */
  name?: string;
}

/** Longer than a lease: whoever gets a message whose worker died finds the way free. */
const LEAST_SECONDS = 75;

/**
 * A queue with a dead-letter queue and an alarm on it. Nothing in this house has one without the other. Whether its messages are late
 * the clock judges, by its name (`OLDEST` in `lambdas/contract/alarms/alarms.ts`).
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Stack | Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'queue', {
      ...KEPT,
      ...(props.name ? { queueName: props.name } : {}),
      visibilityTimeout: Duration.seconds(Math.max(LEAST_SECONDS, props.consumerTimeout.toSeconds())),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: {
        queue: deadLettersOf(this, props.foundation),
        maxReceiveCount: props.maxReceiveCount,
      },
    });
  }

  /** Batches of ten to `consumer`, or smaller ones, at most `maxConcurrency` at a time; records fail one by one. */
  feed(consumer: IFunction, foundation: Foundation, maxConcurrency: number, batchSize = 10): void {
    consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize,
        maxConcurrency: Math.max(2, maxConcurrency),
        reportBatchItemFailures: true,
        enabled: pollsByItself(foundation.environment),
      }),
    );
  }
}

const KEPT = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // The longest SQS keeps a message: nothing expires over a long week-end.
  retentionPeriod: Duration.days(14),
};

/**
 * One for all queues and streams of a stack, as every alarm costs by the month: SQS keeps with each message where it came
 * from.
 */
function deadLettersOf(scope: Construct, { alarmTopics, environment }: Foundation): Queue {
  const stack = Stack.of(scope);
  const there = stack.node.tryFindChild('dead letters');
  if (there) return there as Queue;
  const part = stack.stackName.slice(stackName(environment.name, '').length);
  const queueName = deadLettersName(environment.name, part);
  const made = new Queue(stack, 'dead letters', { ...KEPT, queueName });
  // One that another takes the place of stays, with what lies in it.
  (made.node.defaultChild as CfnQueue).cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  alarm(made, alarmTopics, 'queue/dead-letters', made.node.path, {
    metric: made.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'max' }),
    threshold: 1,
    impact: 'messages or changes that nobody could handle are waiting, of some queue or table of this stack',
  });
  return made;
}

/** The dead letters of a stack that has a queue. */
export function deadLetters(stack: Stack): Queue {
  return stack.node.findChild('dead letters') as Queue;
}

/**
 * Where changes of a table go that a function fails at again and again: to the dead letters of the stack, so that their neighbours are not
 * held up. Lambda says with them which function it was.
 */
export function failedBatches(scope: Construct, foundation: Foundation) {
  const onFailure = new SqsDlq(deadLettersOf(scope, foundation));
  return { bisectBatchOnError: true, retryAttempts: 10, onFailure };
}
