import { randomUUID } from 'node:crypto';
import { DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { type HouseEntry, putAudits } from './audit.ts';

/** What somebody with a token has told the house to do. */
export interface Command {
  /** The client whose token it was. */
  by: string;
  /** What it is called, with its facts: `resume addUsd=5`. No content. */
  command: string;
  /** The automation that it is about; `*` for what all of them share. */
  automation: string;
  itemId?: string;
  /** What they said to it. */
  reason?: string | undefined;
}

/** A command as an entry of the audit, which keeps it for so many days. */
export function commandEntry(
  { by, command, automation, itemId, reason }: Command,
  days: string | number,
): HouseEntry {
  const at = isoNow();
  return {
    month: at.slice(0, 7),
    order: `${at}#command-${randomUUID().slice(0, 8)}#0000`,
    at,
    event: 'command',
    automation,
    by,
    command,
    ...(itemId === undefined ? {} : { itemId }),
    ...(reason === undefined ? {} : { comment: reason }),
    expiresAt: epochSeconds(Number(days) * DAY_SECONDS),
  };
}

/**
 * Writes a command into the audit, before it is carried out: what cannot be put on record is not done.
 * @param audit the table, and for how many days it keeps the entry
 */
export async function recordCommand(
  audit: { table: string; days: string | number },
  command: Command,
): Promise<void> {
  await putAudits(audit.table, [commandEntry(command, audit.days)]);
}

/** A caution as the text of a command: what is held, or released. */
export function cautionCommand(change: {
  on: boolean;
  actions: readonly string[];
  labels: readonly string[];
}): string {
  const held = [
    ...change.actions.map((name) => `action=${name}`),
    ...change.labels.map((name) => `label=${name}`),
  ];
  return ['caution', change.on ? 'on' : 'off', ...held].join(' ');
}

/** What is held or let go on, as the text of a command: these actions, or everything. */
export function holdCommand(
  command: 'suspend' | 'drain' | 'resume',
  actions: readonly string[] = [],
): string {
  return [command, ...actions.map((name) => `action=${name}`)].join(' ');
}
