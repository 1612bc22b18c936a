import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RunDecision } from '../../contract/approval.ts';
import type { ErrorFacts, ItemRow } from '../../contract/item/row.ts';
import { sfn } from '../../kit/aws.ts';
import { changeItem, event } from './items.ts';

/** What a run is told: which item waits for a person. */
export interface ExecutionInput {
  itemId: string;
  generation: number;
  /** Sent back it goes by the lane of urgent items, where there is one. Absent for any other. */
  urgent?: true;
}

type Runs = Pick<ItemRow, 'id' | 'generation'>;
type Started = Runs & Pick<ItemRow, 'priority'>;

/** Execution name = item + generation: Step Functions refuses a second start for 90 days. */
export function executionName({ id, generation }: Runs): string {
  return `${id}-g${generation}`;
}

export function executionArn(stateMachineArn: string, item: Runs): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(item)}`;
}

function stateMachineOf(arn: string): string {
  return arn.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':');
}

/** The run of another generation of the same item. */
export function runOf(arn: string, item: Runs): string {
  return executionArn(stateMachineOf(arn), item);
}

/** Starts the run; an existing one is success, because only this item and generation has its name. */
export async function startExecution(stateMachineArn: string, item: Started): Promise<void> {
  const name = executionName(item);
  const { id: itemId, generation, priority } = item;
  const urgent = priority === 'urgent' ? ({ urgent: true } as const) : {};
  const input: ExecutionInput = { itemId, generation, ...urgent };
  try {
    await sfn().send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
  }
}

/** How a run stands: its token may be accepted though it was stopped. Undefined where there was none, as far as Step Functions knows. */
export async function statusOf(arn: string): Promise<string | undefined> {
  try {
    return (await sfn().send(new DescribeExecutionCommand({ executionArn: arn }))).status;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

const GONE = ['TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken'];

/** A run waits for an approval. What else people say ends its wait as a failure of this name. */
export const NOT_APPROVED = { reject: 'Rejected', again: 'SentBack', expired: 'Expired' } as const;

/**
 * Tells a waiting execution what was decided. An approval ends it where its action was sent; else the execution sends it, for a
 * transition more. False when nobody waits under this token any more.
 */
export function taskDecided(
  taskToken: string,
  decision: Exclude<RunDecision, 'none'>,
  sent: boolean,
): Promise<boolean> {
  if (decision !== 'approve') return taskEnded(taskToken, NOT_APPROVED[decision], 'decided');
  const output = JSON.stringify({ decision, ...(sent ? { sent } : {}) });
  return answered(() => sfn().send(new SendTaskSuccessCommand({ taskToken, output })));
}

/** Tells a waiting execution of a failure, by its class. False when nobody waits any more. */
export function taskFailed(taskToken: string, { class: error, message }: ErrorFacts): Promise<boolean> {
  return taskEnded(taskToken, error, message);
}

function taskEnded(taskToken: string, error: string, cause: string): Promise<boolean> {
  return answered(() => sfn().send(new SendTaskFailureCommand({ taskToken, error, cause })));
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

/** Goes on with an item whose run is gone, in a new generation: its question, and so its decision, is the same. */
export async function resume(table: string, item: ItemRow, arn: string): Promise<'resumed' | 'stale'> {
  const stateMachineArn = stateMachineOf(arn);
  const generation = item.generation + 1;
  // An action that is under way needs no run any more.
  const claimed = await changeItem(table, item, ['waiting_approval', 'processing'], {
    set: { generation, executionArn: executionArn(stateMachineArn, { ...item, generation }) },
    events: [event('resumed', { generation, reason: 'the execution was gone' })],
  });
  if (!claimed) return 'stale';
  await startExecution(stateMachineArn, { ...item, generation });
  return 'resumed';
}

/** Starts the run that `resume` has claimed, in case its worker died in between. */
export async function startClaimed(item: ItemRow): Promise<void> {
  const { executionArn: arn } = item;
  if (arn?.endsWith(`:${executionName(item)}`)) await startExecution(stateMachineOf(arn), item);
}
