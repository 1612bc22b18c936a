import { stackName } from '../../lambdas/contract/names.ts';
import { type Aws, resourcesOf, stacksOf } from '../aws.ts';
import { UsageError } from '../errors.ts';

/* The queues of a stage, as its stacks have made them. Whatever gives its messages to no other queue is the end of a line. */

export interface Queue {
  name: string;
  url: string;
  arn: string;
  /** Of the stack: `platform`, or an automation. */
  part: string;
  /** Messages that wait, and those that somebody has in hand or that come later. */
  messages: number;
  hidden: number;
  /** Where its messages go that nobody could handle. */
  deadTo: string | undefined;
}

/** A queue for what nobody could handle, and the queues that it stands behind; none of the failures of a stream. */
export interface DeadLetters extends Queue {
  sources: Queue[];
}

type Attributes = Readonly<Record<string, string>>;

export async function queuesOf(aws: Aws, stage: string): Promise<Queue[]> {
  const prefix = stackName(stage, '');
  const stacks = [...(await stacksOf(aws, prefix)).keys()].sort();
  const found = await Promise.all(
    stacks.map(async (stack) => {
      const queues = (await resourcesOf(aws, stack)).filter(({ type }) => type === 'AWS::SQS::Queue');
      return Promise.all(queues.map(({ id }) => queueAt(aws, id, stack.slice(prefix.length))));
    }),
  );
  return found.flat();
}

async function queueAt(aws: Aws, url: string, part: string): Promise<Queue> {
  const { Attributes: its = {} } = await aws.json<{ Attributes?: Attributes }>('sqs', 'GetQueueAttributes', {
    QueueUrl: url,
    AttributeNames: ['All'],
  });
  const number = (name: string) => Number(its[`ApproximateNumberOfMessages${name}`] ?? 0);
  const policy = its.RedrivePolicy ? (JSON.parse(its.RedrivePolicy) as Attributes) : {};
  return {
    ...{ name: url.split('/').at(-1) ?? url, url, arn: its.QueueArn ?? '', part },
    ...{ messages: number(''), hidden: number('NotVisible') + number('Delayed') },
    deadTo: policy.deadLetterTargetArn,
  };
}

export function deadLettersAmong(queues: readonly Queue[]): DeadLetters[] {
  return queues
    .filter(({ deadTo }) => deadTo === undefined)
    .map((dead) => ({ ...dead, sources: queues.filter(({ deadTo }) => deadTo === dead.arn) }));
}

/** @throws UsageError where no dead-letter queue, or more than one, is called so */
export function namedQueue(all: readonly DeadLetters[], typed: string): DeadLetters {
  const exact = all.filter(({ name }) => name === typed);
  const found =
    exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
  const [one, ...more] = found;
  if (one && more.length === 0) return one;
  const names = (one ? found : all).map(({ name }) => name).join(', ');
  const what = one
    ? `several dead-letter queues are called like '${typed}'`
    : `no dead-letter queue is called like '${typed}'`;
  throw new UsageError(`${what}: ${names || 'there is none in this stage'}`);
}
