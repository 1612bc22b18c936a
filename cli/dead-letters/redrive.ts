import { marshall } from '@aws-sdk/util-dynamodb';
import { stackName } from '../../lambdas/contract/names.ts';
import { commandEntry } from '../../lambdas/tables/audit/commands.ts';
import { type Aws, elements, resourcesOf } from '../aws.ts';
import { Unreachable } from '../errors.ts';
import { giveBack, moveBack, receive } from './messages.ts';
import type { DeadLetters } from './queues.ts';

export interface Moved {
  queue: string;
  /** By the name of the queue that they went back to. */
  moved: Record<string, number>;
  /** Of no queue of this stage that is known: they stay. */
  left: number;
}

/** Long enough for ten messages at the slowest pace. */
const IN_HAND_SECONDS = 900;
const EMPTY = 3;

/**
 * Moves the messages back that were there when it began: what comes back in the meantime is not taken again, so that a message that
 * nobody can handle does not go round. @param wait before the next message; false where somebody leaves
 */
export async function moveAll(aws: Aws, dead: DeadLetters, wait: () => Promise<boolean>): Promise<Moved> {
  const result: Moved = { queue: dead.name, moved: {}, left: 0 };
  const met = new Set<string>();
  for (let empty = 0; empty < EMPTY && met.size < dead.messages; ) {
    const some = await receive(aws, dead.url, IN_HAND_SECONDS, dead.messages - met.size);
    const fresh = some.filter(({ id }) => !met.has(id));
    empty = fresh.length === 0 ? empty + 1 : 0;
    for (const [at, message] of fresh.entries()) {
      met.add(message.id);
      const source = sourceOf(dead, message.source);
      if (source) {
        await moveBack(aws, dead.url, source.url, message);
        result.moved[source.name] = (result.moved[source.name] ?? 0) + 1;
      } else {
        await giveBack(aws, dead.url, message.receipt);
        result.left += 1;
      }
      if (await wait()) continue;
      for (const { receipt } of fresh.slice(at + 1)) await giveBack(aws, dead.url, receipt);
      return result;
    }
  }
  return result;
}

/** Where a message came from: SQS says it with each, and a queue with one source needs no word. */
export function sourceOf({ sources }: DeadLetters, arn: string | undefined) {
  const named = sources.find((it) => it.arn === arn);
  return named ?? (arn === undefined && sources.length === 1 ? sources[0] : undefined);
}

/** Removes these for good; the others are there as before. @returns how many it found */
export async function removeSome(aws: Aws, dead: DeadLetters, ids: ReadonlySet<string>): Promise<number> {
  const others = new Map<string, string>();
  let removed = 0;
  for (let empty = 0; empty < EMPTY && removed < ids.size && removed + others.size < dead.messages; ) {
    const fresh = (await receive(aws, dead.url, IN_HAND_SECONDS)).filter(({ id }) => !others.has(id));
    empty = fresh.length === 0 ? empty + 1 : 0;
    for (const { id, receipt: ReceiptHandle } of fresh) {
      if (!ids.has(id)) {
        others.set(id, ReceiptHandle);
        continue;
      }
      await aws.json('sqs', 'DeleteMessage', { QueueUrl: dead.url, ReceiptHandle });
      removed += 1;
    }
  }
  for (const receipt of others.values()) await giveBack(aws, dead.url, receipt);
  return removed;
}

interface Wish {
  stage: string;
  dead: DeadLetters;
  reason: string;
  days: number;
  verb: 'redrive' | 'delete';
  ids?: readonly string[];
}

/** Puts on record, before the first message goes, who does what. @returns who that is */
export async function record(aws: Aws, { stage, dead, reason, days, verb, ids = [] }: Wish): Promise<string> {
  const platform = await resourcesOf(aws, stackName(stage, 'platform'));
  const audit = platform.find(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && /^dataaudit/i.test(logicalId),
  );
  if (!audit) throw new Unreachable(`the stage '${stage}' has no audit table: nothing was moved`);
  const by = elements(await aws.query('sts', '2011-06-15', 'GetCallerIdentity', {}), 'Arn')[0] ?? 'unknown';
  const automation = dead.part === 'platform' ? '*' : dead.part;
  const command = [`dlq ${verb} queue=${dead.name}`, ...ids.map((id) => `id=${id}`)].join(' ');
  const entry = commandEntry({ by, command, automation, reason }, days);
  await aws.json('dynamodb', 'PutItem', {
    ...{ TableName: audit.id, Item: marshall(entry, { removeUndefinedValues: true }) },
    ConditionExpression: 'attribute_not_exists(#month)',
    ExpressionAttributeNames: { '#month': 'month' },
  });
  return by;
}
