import { randomUUID } from 'node:crypto';
import type { RedriveFilter, RedriveView } from '../../contract/item/redrive.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { absent, all, atMost, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { redriveKey, redrivesKey } from '../keys.ts';

/*
 * A redrive of many items: what was asked for, how far it has come, and which few items are in hand. Those are written down before the
 * first of them goes on, so that whoever follows a worker that died begins with them, and counts each once.
 */

/** Where a redrive has come to, and what it has done. */
export interface Progress {
  /** Behind which item of the automation's order, or of the list of ids, the next ones come. */
  place: string;
  /** Being let go on. */
  inHand: readonly string[];
  /** How often those in hand were begun. */
  tries: number;
  done: number;
  failed: number;
  skipped: number;
}

export interface RedriveRow extends Progress {
  /** Of the row; what others call it is `redrive`. */
  id: string;
  redrive: string;
  automation: string;
  by: string;
  reason: string;
  filter: RedriveFilter;
  fresh?: boolean;
  version?: 'same' | 'current';
  ratePerMinute: number;
  state: RedriveView['state'];
  stopped?: RedriveView['stopped'];
  dryRun?: true;
  matched: number;
  /** ISO 8601. What changed later was not asked for. */
  startedAt: string;
  /** Until when (milliseconds since 1970), and by whom, it is worked on. */
  leaseUntil?: number;
  leaseBy?: string;
  expiresAt: number;
}

/** As long as anybody may ask how it went. */
const KEPT_DAYS = 90;

/** Longer than a worker works on one without writing. */
const LEASE_MS = 60_000;

type New = Omit<RedriveRow, 'id' | 'expiresAt'>;

/** Writes a redrive down, unless it is there; of one that is to run, the clock hears in a second write. */
export async function putRedrive(table: string, redrive: New): Promise<void> {
  const expiresAt = epochSeconds(KEPT_DAYS * DAY_SECONDS);
  await update<RedriveRow>(table, redriveKey(redrive.redrive), {
    set: { ...redrive, expiresAt },
    when: absent('redrive'),
  });
  if (redrive.state === 'running') await changeRunning(table, (ids) => [...ids, redrive.redrive]);
}

export function readRedrive(table: string, redrive: string): Promise<RedriveRow | undefined> {
  return get(table, redriveKey(redrive));
}

/** The right of one worker to go on with a redrive; undefined where another one has it, or it is over. */
export async function takeRedrive(
  table: string,
  redrive: string,
  state: RedriveRow['state'] = 'running',
): Promise<RedriveRow | undefined> {
  const now = clock.now();
  const { done, row } = await updateAndSee<RedriveRow>(table, redriveKey(redrive), {
    set: { leaseBy: randomUUID(), leaseUntil: now + LEASE_MS },
    when: all(is('state', state), either(absent('leaseUntil'), atMost('leaseUntil', now))),
  });
  return done ? row : undefined;
}

/**
 * Writes down how far a worker has come, and keeps its right.
 * @returns the row, which may say `stopped` by now, or undefined where the right is gone
 */
export async function moveRedrive(
  table: string,
  before: RedriveRow,
  progress: Partial<Progress>,
): Promise<RedriveRow | undefined> {
  const set = { ...progress, leaseUntil: clock.now() + LEASE_MS };
  const when = is<keyof RedriveRow>('leaseBy', before.leaseBy);
  const { done, row } = await updateAndSee<RedriveRow>(table, before.id, { set, when });
  return done ? row : undefined;
}

/** Gives the right back; `state: 'done'` ends the redrive. */
export async function leaveRedrive(
  table: string,
  { id, redrive, leaseBy }: RedriveRow,
  end: Partial<Pick<RedriveRow, 'state' | 'matched' | 'skipped'>> = {},
): Promise<void> {
  await update<RedriveRow>(table, id, {
    set: end,
    remove: ['leaseBy', 'leaseUntil'],
    // One that was stopped in this moment stays so; its lease ends by itself.
    when: all(is('leaseBy', leaseBy), ...(end.state ? [is<keyof RedriveRow>('state', 'running')] : [])),
  });
  if (end.state === 'done') await endRunning(table, redrive);
}

/** Nothing more goes on by it. @returns the row as it is now; a redrive that has come to its end stays as it was */
export async function stopRedrive(
  table: string,
  redrive: string,
  { by, reason }: Pick<RedriveRow, 'by' | 'reason'>,
): Promise<RedriveRow | undefined> {
  const { row } = await updateAndSee<RedriveRow>(table, redriveKey(redrive), {
    set: { state: 'stopped', stopped: { by, reason, at: isoNow() } },
    when: is('state', 'running'),
  });
  return row;
}

interface RunningRow {
  id: string;
  running?: string[];
}

/** Those that the clock is to go on with. */
export async function runningRedrives(table: string): Promise<string[]> {
  return (await get<RunningRow>(table, redrivesKey()))?.running ?? [];
}

/** The clock need not look at it any more. */
export function endRunning(table: string, redrive: string): Promise<void> {
  return changeRunning(table, (ids) => ids.filter((id) => id !== redrive));
}

async function changeRunning(table: string, change: (ids: string[]) => string[]): Promise<void> {
  for (;;) {
    const before = (await get<RunningRow>(table, redrivesKey()))?.running;
    const when = before ? is<'running'>('running', before) : absent<'running'>('running');
    const running = [...new Set(change(before ?? []))];
    if (await update<RunningRow>(table, redrivesKey(), { set: { running }, when })) return;
  }
}

export function redriveView(row: RedriveRow): RedriveView {
  const { redrive: id, automation, state, dryRun, stopped, matched, done, failed, skipped } = row;
  const said = { ...(dryRun ? { dryRun } : {}), ...(stopped ? { stopped } : {}) };
  return { id, automation, state, ...said, matched, done, failed, skipped };
}
