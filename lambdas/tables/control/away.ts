import { DAY_SECONDS } from '../../kit/clock.ts';
import { addressHash } from '../../kit/digest.ts';
import { get, put, remove } from '../../kit/dynamo/rows.ts';

/** An approver is away from `from` until, and not at, `until` (ISO 8601); their delegate is asked instead. */
export interface Away {
  delegate: string;
  from: string;
  until: string;
}

/** Who stands in for this person at `at` (ISO 8601), and until when; undefined while they are there. */
export async function readAway(
  table: string,
  email: string,
  at: string,
): Promise<Pick<Away, 'delegate' | 'until'> | undefined> {
  const away = await readPlan(table, email);
  if (!away || at < away.from || at >= away.until) return undefined;
  return { delegate: away.delegate, until: away.until };
}

/** What this person planned, also where it is still to come, or over. */
export function readPlan(table: string, email: string): Promise<Away | undefined> {
  return get(table, idOf(email));
}

/** One absence per person: a new one replaces the old one. */
export async function writeAway(
  table: string,
  email: string,
  { delegate, from, until }: Away,
): Promise<void> {
  const expiresAt = Math.ceil(Date.parse(until) / 1000) + DAY_SECONDS;
  await put(table, { id: idOf(email), delegate, from, until, expiresAt });
}

export async function clearAway(table: string, email: string): Promise<void> {
  await remove(table, idOf(email));
}

function idOf(email: string): string {
  return `away#${addressHash(email)}`;
}
