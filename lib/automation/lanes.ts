import type { Duration, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { urgentQueueName, workQueueName } from '../../lambdas/contract/names.ts';
import { WorkQueue } from '../parts/queue.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';

/** The queues between intake and verdict. */
export interface WorkLanes {
  work: WorkQueue;
  /** Where urgent items have one of their own. */
  urgent: WorkQueue | undefined;
}

/** Messages that functions of other stacks send find these queues by name. */
export function lanesOf(
  stack: Stack,
  { foundation }: PlatformStack,
  { name, lanes }: Pick<Automation, 'name' | 'lanes'>,
  consumer: { consumerTimeout: Duration; maxReceiveCount: number },
): WorkLanes {
  const environment = foundation.environment.name;
  const lane = (id: string, queueName: string) =>
    new WorkQueue(stack, id, { foundation, ...consumer, name: queueName });
  return {
    work: lane('work', workQueueName(environment, name)),
    urgent: lanes === 'separate' ? lane('urgent', urgentQueueName(environment, name)) : undefined,
  };
}

/** As functions are told of them. */
export const queuesOf = ({ work, urgent }: WorkLanes): { work: Queue; urgent: Queue | undefined } => ({
  ...{ work: work.queue, urgent: urgent?.queue },
});
