import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { absent, atLeast, below, either, get, put, updateAndSee } from '../../kit/dynamo/rows.ts';
import { laneKey } from '../keys.ts';

/** Workers that all wait for a slow model look at no message meanwhile. */
const HOLDS_SECONDS = 180;

/** The control table's row of an automation whose items wait longer than half of what was promised. */
export interface Late {
  id: string;
  /** How long one of them has waited. */
  seconds: number;
  /** Milliseconds since 1970: later this row means nothing. */
  until: number;
  expiresAt: number;
}

/** Undefined while work is on time, or nobody has met any lately. */
export async function readLate(table: string, automation: string): Promise<Late | undefined> {
  const late = await get<Late>(table, laneKey(automation, 'late'));
  return late && late.until > clock.now() ? late : undefined;
}

/** Says how long work waits, for the next few minutes. Of several workers the last word counts. */
export async function writeLate(table: string, automation: string, seconds: number): Promise<void> {
  await put<Late>(table, {
    ...{ id: laneKey(automation, 'late'), seconds, until: clock.now() + HOLDS_SECONDS * 1000 },
    expiresAt: epochSeconds(DAY_SECONDS),
  });
}

/** The control table's row of when the next deferred item may come back (milliseconds since 1970). */
interface Slots {
  next?: number;
  expiresAt?: number;
}

/** How often others may be first. */
const ROUNDS = 4;

/**
 * When a deferred item comes back: not before `earliest`, and `everyMs` after the one before it. So those of a flood come back in the
 * order in which they were deferred, and not at once. All in milliseconds since 1970.
 */
export async function takeSlot(
  table: string,
  automation: string,
  { earliest, everyMs }: { earliest: number; everyMs: number },
): Promise<number> {
  const id = laneKey(automation, 'slots');
  const expiresAt = epochSeconds(2 * DAY_SECONDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = await updateAndSee<Slots>(table, id, {
      set: { next: earliest + everyMs, expiresAt },
      when: either(absent('next'), below('next', earliest)),
    });
    if (first.done) return earliest;
    const after = await updateAndSee<Slots>(table, id, {
      add: { next: everyMs },
      set: { expiresAt },
      when: atLeast('next', earliest),
    });
    if (after.done) return (after.row.next ?? earliest) - everyMs;
  }
  return earliest;
}
