import type { Automation } from '../contract/automation.ts';
import type { Priority } from '../contract/item/status.ts';
import { clock, DAY_SECONDS } from '../kit/clock.ts';
import { errorFacts } from '../kit/errors.ts';
import { Problem } from '../kit/http.ts';
import { count, logger } from '../kit/telemetry.ts';
import { backAt, type Cause, DEFER_SECONDS, whyLowWaits } from '../tables/control/backlog.ts';
import { readLate } from '../tables/control/lane.ts';

/** What becomes of a post: taken in, perhaps a little later; kept until then (milliseconds since 1970); or turned away. */
export type Pressure =
  | { outcome: 'none'; delaySeconds: number }
  | { outcome: 'defer'; cause: Cause; until: number }
  | { outcome: 'shed'; cause: Cause };

/** A post that gives way to nothing. */
const NONE: Pressure = { outcome: 'none', delaySeconds: 0 };

const WORDS: Record<Cause, string> = {
  approvers: 'the approvers are behind',
  queue: 'work is late, and other work goes first',
  budget: "most of today's budget is spent, and other work goes first",
};

/** Why it waits, for people. */
export const because = (cause: Cause): string => WORDS[cause];

/**
 * Low-priority work is deferred or turned away while people, queue or budget cannot keep up. Other work goes on; while the queue is late,
 * what a client posts faster than its own rate comes when that rate would have brought it.
 * @param sender `aheadSeconds`: how far it is ahead of its rate; `mayShed`: it hears an answer, and can send again
 */
export async function pressure(
  controlTable: string,
  automation: Automation,
  sender: { priority: Priority; aheadSeconds: number; mayShed: boolean },
): Promise<Pressure> {
  const { name, approval, promise } = automation;
  const { priority, aheadSeconds, mayShed } = sender;
  try {
    if (priority !== 'low') {
      const waits =
        priority === 'normal' && promise && aheadSeconds >= 1 && (await isLate(controlTable, name));
      return waits ? { outcome: 'none', delaySeconds: Math.min(DEFER_SECONDS, aheadSeconds) } : NONE;
    }
    const cause = await whyLowWaits(controlTable, automation);
    if (!cause) return NONE;
    const wished = (cause === 'approvers' ? approval.whenBehind : promise?.whenBroken) ?? 'defer';
    const outcome = mayShed ? wished : 'defer';
    logger.info('low-priority work gives way', { automation: name, cause, outcome });
    count(outcome === 'shed' ? 'itemsShed' : 'itemsDeferred', name);
    return outcome === 'shed'
      ? { outcome, cause }
      : { outcome, cause, until: await backAt(controlTable, automation) };
  } catch (error) {
    // Accepting the work is the lesser harm.
    logger.warn('backlog not read', { automation: name, reason: errorFacts(error).message });
    return NONE;
  }
}

/** Normal work asks so often, not for each post. */
const KNOWN_MS = 5000;

const known = new Map<string, { at: number; late: boolean }>();

async function isLate(table: string, automation: string): Promise<boolean> {
  const now = clock.now();
  const before = known.get(automation);
  if (before && before.at <= now && now < before.at + KNOWN_MS) return before.late;
  const late = (await readLate(table, automation)) !== undefined;
  known.set(automation, { at: now, late });
  return late;
}

export function shed(cause: Cause): Problem {
  const detail = `${because(cause)}: this low-priority work was not kept; send it again later`;
  return new Problem(429, detail, { accepted: false }, { 'retry-after': String(againIn(cause)) });
}

/** A budget is whole again at midnight (UTC). */
function againIn(cause: Cause): number {
  if (cause !== 'budget') return DEFER_SECONDS;
  return Math.max(DEFER_SECONDS, DAY_SECONDS - (Math.floor(clock.now() / 1000) % DAY_SECONDS));
}
