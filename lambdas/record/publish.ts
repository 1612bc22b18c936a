import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBRecord } from 'aws-lambda';
import type { EnvFor } from '../contract/env.ts';
import type { ApprovalCommand } from '../contract/item/messages.ts';
import { events } from '../kit/aws.ts';
import { TransientError } from '../kit/errors.ts';
import { send } from '../kit/queue/send.ts';
import { count } from '../kit/telemetry.ts';
import { tellAlarm } from '../tables/alarms/told.ts';

/** What the world learns of an item: facts, no content. */
export interface StatusChange {
  id: string;
  automation: string;
  status: string;
  previousStatus: string | null;
  generation: number;
  at: string;
  /** Why it is quarantined: facts, no content. */
  reason?: string;
}

export interface CallbackMessage {
  url: string;
  client: string;
  change: StatusChange;
  /** The approval that the item has, if people were asked. */
  approvalId?: string;
}

export function statusChanges(records: readonly DynamoDBRecord[]): CallbackMessage[] {
  return records.flatMap(({ dynamodb }) => {
    const now = dynamodb?.NewImage;
    const before = dynamodb?.OldImage;
    if (!now?.status?.S || now.status.S === before?.status?.S) return [];
    const reason = now.error?.M?.message?.S;
    const change: StatusChange = {
      id: now.id?.S ?? '',
      automation: now.automation?.S ?? '',
      status: now.status.S,
      previousStatus: before?.status?.S ?? null,
      generation: Number(now.generation?.N ?? 1),
      at: now.updatedAt?.S ?? '',
      ...(now.status.S === 'quarantined' && reason ? { reason } : {}),
    };
    const approvalId = now.approvalId?.S;
    const told = { url: now.callbackUrl?.S ?? '', client: now.client?.S ?? '', change };
    return [approvalId ? { ...told, approvalId } : told];
  });
}

/** To the event bus, as far as the configuration wants it there, ten at a time, and to the callback queue if the caller gave an address. */
export async function publish(
  changes: readonly CallbackMessage[],
  env: EnvFor<'record/publish'>,
): Promise<void> {
  const wanted = new Set(env.PUBLISHED.split(','));
  const told = changes.filter(({ change }) => wanted.has(change.status));
  for (let from = 0; from < told.length; from += 10) {
    const Entries = told.slice(from, from + 10).map(({ change }) => ({
      EventBusName: env.EVENT_BUS,
      Source: 'signalbox',
      DetailType: 'ItemStatusChanged',
      Detail: JSON.stringify(change),
    }));
    const { FailedEntryCount } = await events().send(new PutEventsCommand({ Entries }));
    // The stream delivers the batch again: readers of the bus see an event at least once.
    if (FailedEntryCount) throw new TransientError(`${FailedEntryCount} events were not taken`);
  }
  await Promise.all(
    changes
      .filter(({ url }) => url)
      .map(({ approvalId: _, ...message }) => send(env.CALLBACK_QUEUE_URL, message)),
  );
  await Promise.all(changes.filter(hasFailed).map(({ approvalId }) => tellApprovers(env, approvalId)));
  await tellStanding(changes, env.CONTROL_TABLE);
}

/** Whether it was approved is looked up by who tells: here are only facts of the item. */
function hasFailed({ approvalId, change: { status } }: CallbackMessage): boolean {
  return approvalId !== undefined && (status === 'parked' || status === 'quarantined');
}

async function tellApprovers(env: EnvFor<'record/publish'>, approvalId = ''): Promise<void> {
  const command: ApprovalCommand = { approvalId, command: 'failed' };
  await send(env.APPROVALS_QUEUE_URL, command);
}

/** Every change passes here. People learn by an alarm on the count, which a batch adds to once: mails would be a flood. */
async function tellStanding(changes: readonly CallbackMessage[], table: string): Promise<void> {
  for (const [status, alarm, counted] of STANDING) {
    const all = changes.filter(({ change }) => change.status === status);
    for (const [automation, of] of Map.groupBy(all, ({ change }) => change.automation)) {
      count(counted, automation, of.length);
      await tellAlarm(table, alarm, automation, of.length);
    }
  }
}

const STANDING = [
  ['parked', 'items/parked', 'itemsParked'],
  ['quarantined', 'items/quarantined', 'itemsQuarantined'],
] as const;
