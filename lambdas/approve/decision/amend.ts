import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ApprovalRow, closedPhase, type TrailEntry } from '../../contract/approval.ts';
import { dynamo } from '../../kit/aws.ts';
import { isoNow, sleep } from '../../kit/clock.ts';
import { TransientError } from '../../kit/errors.ts';
import { isConditionFailure } from '../../tables/items/items.ts';
import { withdrawnEntry } from '../../tables/items/withdrawal.ts';
import { roomyTrail } from './room.ts';

export async function readApproval(table: string, id: string): Promise<ApprovalRow | undefined> {
  // Longer than any id of ours, and than DynamoDB takes a key.
  if (id.length === 0 || id.length > 200) return undefined;
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
  );
  // The row of a question that expired before it was put holds nothing but that.
  return Item?.facts === undefined ? undefined : (Item as ApprovalRow);
}

/** What a change writes: fields to set (undefined removes one) and what is added to the trail. */
export interface Amendment {
  set: { [field in keyof ApprovalRow]?: ApprovalRow[field] | undefined };
  trail: TrailEntry[];
}

export interface Amended {
  row: ApprovalRow;
  changed: boolean;
}

/** Readers that met a writer this often have met a fault, not each other: after each time they wait for another while. */
const ROUNDS = 24;
const LONGEST_PAUSE_MS = 100;

/**
 * The one way in which a question changes: read, decide from what was read, write if it is still so; else from the start. Two
 * people who click at once are put in order by it. `change` says undefined to leave all as it is.
 * @throws TransientError when it cannot get its turn
 */
export async function amend(
  table: string,
  approval: ApprovalRow,
  change: (row: ApprovalRow) => Amendment | undefined,
): Promise<Amended> {
  let row = approval;
  for (let round = 0; round < ROUNDS; round += 1) {
    const amendment = change(row);
    if (!amendment) return { row, changed: false };
    const written = await write(table, row, amendment);
    if (written) return { row: written, changed: true };
    await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * (round + 1)));
    const now = await readApproval(table, row.id);
    if (!now) return { row, changed: false };
    row = now;
  }
  throw new TransientError(`approval '${approval.id}' is changed by too many at once`);
}

async function write(
  table: string,
  row: ApprovalRow,
  { set, trail }: Amendment,
): Promise<ApprovalRow | undefined> {
  const { id, version } = row;
  const roomy = roomyTrail(row, set, trail);
  const fields = Object.entries(set);
  const kept = fields.filter(([, value]) => value !== undefined);
  const removed = fields.filter(([, value]) => value === undefined).map(([field]) => `#${field}`);
  const assignments = ['version = :next', roomy ? 'trail = :trail' : 'trail = list_append(trail, :trail)'];
  for (const [field] of kept) assignments.push(`#${field} = :${field}`);
  const names = Object.fromEntries(fields.map(([field]) => [`#${field}`, field]));
  const update = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: `SET ${assignments.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    ConditionExpression: 'version = :held',
    ...(fields.length > 0 ? { ExpressionAttributeNames: names } : {}),
    ExpressionAttributeValues: {
      ':held': version,
      ':next': version + 1,
      ':trail': [...(roomy ?? []), ...trail],
      ...Object.fromEntries(kept.map(([field, value]) => [`:${field}`, value])),
    },
    ReturnValues: 'ALL_NEW',
  });
  try {
    return (await dynamo().send(update)).Attributes as ApprovalRow;
  } catch (error) {
    if (isConditionFailure(error)) return undefined;
    throw error;
  }
}

export function entry(event: TrailEntry['event'], facts: Omit<TrailEntry, 'at' | 'event'> = {}): TrailEntry {
  return { at: isoNow(), event, ...facts };
}

/** The end of a question that nobody has decided. It never approves. */
export function expired(row: ApprovalRow, facts: Pick<TrailEntry, 'by'> = {}): Amendment {
  const at = isoNow();
  return {
    set: { status: 'expired', phase: closedPhase(at), phaseAt: `${at}#${row.id}`, claim: undefined },
    trail: [entry('expired', facts)],
  };
}

/** The end of a question whose item was taken back. It never approves. */
export function withdrawn(row: ApprovalRow, says: Parameters<typeof withdrawnEntry>[0]): Amendment {
  const at = isoNow();
  return {
    set: { status: 'withdrawn', phase: closedPhase(at), phaseAt: `${at}#${row.id}`, claim: undefined },
    trail: [withdrawnEntry(says)],
  };
}
