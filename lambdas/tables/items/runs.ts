import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RunDecision } from '../../contract/approval.ts';
import type { ErrorFacts, ItemRow } from '../../contract/item/row.ts';
import type { Verdict } from '../../contract/item/status.ts';
import { sfn } from '../../kit/aws.ts';
import { changeItem, event } from './items.ts';

export interface ExecutionInput {
  itemId: string;
  generation: number;
  verdict: Verdict;
  /** `none` until a person has decided, or the time for it is over. */
  decision: RunDecision;
}

/** Execution name = item + generation: Step Functions refuses a second start for 90 days. */
export function executionName(itemId: string, generation: number): string {
  return `${itemId}-g${generation}`;
}

export function executionArn(stateMachineArn: string, itemId: string, generation: number): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(itemId, generation)}`;
}

function stateMachineOf(arn: string): string {
  return arn.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':');
}

/** Starts the run; an existing one is success, because only this item and generation has its name. */
export async function startExecution(stateMachineArn: string, input: ExecutionInput): Promise<void> {
  const name = executionName(input.itemId, input.generation);
  try {
    await sfn().send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
  }
}

/**
 * Answers the execution that waits for `taskToken`. Where it is gone (stopped, timed out, lost), the item goes on in a new
 * generation that starts from what the table says: the truth is in the table, the token only wakes. After a long
 * wait (`waited`) the run itself is looked at first; every time would be more looks than Step Functions allows.
 */
export async function wakeOrResume(
  table: string,
  item: ItemRow,
  taskToken: string,
  output: object,
  decision: ExecutionInput['decision'],
  waited: boolean,
): Promise<'woken' | 'resumed' | 'stale'> {
  if (!item.executionArn) return 'stale';
  const there = !waited || (await isRunning(item.executionArn));
  if (there && (await taskSucceeded(taskToken, output))) return 'woken';
  return resume(table, item, item.executionArn, decision);
}

/** Whether a run is still there: a token may be accepted though its execution was stopped. */
export async function isRunning(arn: string): Promise<boolean> {
  return (await statusOf(arn)) === 'RUNNING';
}

/** Whether there ever was such a run, as far as Step Functions remembers. */
export async function hasRun(arn: string): Promise<boolean> {
  return (await statusOf(arn)) !== undefined;
}

async function statusOf(arn: string): Promise<string | undefined> {
  try {
    return (await sfn().send(new DescribeExecutionCommand({ executionArn: arn }))).status;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

const GONE = ['TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken'];

/** Answers a waiting execution. False when nobody waits under this token any more. */
export async function taskSucceeded(taskToken: string, output: object): Promise<boolean> {
  return answered(() =>
    sfn().send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
  );
}

/** Tells a waiting execution of a failure, by its class. False when nobody waits any more. */
export async function taskFailed(taskToken: string, facts: ErrorFacts): Promise<boolean> {
  return answered(() =>
    sfn().send(new SendTaskFailureCommand({ taskToken, error: facts.class, cause: facts.message })),
  );
}

/** The answer to a run whose item has gone on without it: it ends instead of waiting its time limit out. */
export const SUPERSEDED: ErrorFacts = { class: 'SystemError', message: 'the item went on without this run' };

async function answered(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof Error && GONE.includes(error.name)) return false;
    throw error;
  }
}

/** Goes on with an item whose run is gone, in a new generation. */
export async function resume(
  table: string,
  item: ItemRow,
  arn: string,
  decision: ExecutionInput['decision'],
): Promise<'resumed' | 'stale'> {
  const stateMachineArn = stateMachineOf(arn);
  const generation = item.generation + 1;
  const claimed = await changeItem(table, item, ['waiting_approval', 'acting', 'processing'], {
    set: { generation, executionArn: executionArn(stateMachineArn, item.id, generation) },
    events: [event('resumed', { generation, reason: 'the execution was gone' })],
  });
  if (!claimed) return 'stale';
  await startExecution(stateMachineArn, {
    itemId: item.id,
    generation,
    verdict: item.verdict ?? 'ask',
    decision,
  });
  return 'resumed';
}

/** Starts the run that `resume` has claimed, in case its worker died in between. */
export async function startClaimed(item: ItemRow, decision: ExecutionInput['decision']): Promise<void> {
  const { id, generation, verdict, executionArn: arn } = item;
  if (!verdict || !arn?.endsWith(`:${executionName(id, generation)}`)) return;
  await startExecution(stateMachineOf(arn), { itemId: id, generation, verdict, decision });
}
