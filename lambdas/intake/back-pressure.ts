import type { Automation } from '../contract/automation.ts';
import type { Priority } from '../contract/item/status.ts';
import { errorFacts } from '../kit/errors.ts';
import { Problem } from '../kit/http.ts';
import { count, logger } from '../kit/telemetry.ts';
import { DEFER_SECONDS, readBehind } from '../tables/control/backlog.ts';

/** Low-priority work is deferred or turned away while people cannot keep up. Other work is not checked. */
export async function pressure(
  controlTable: string,
  { name, approval }: Automation,
  priority: Priority,
): Promise<'none' | 'defer' | 'shed'> {
  if (priority !== 'low') return 'none';
  try {
    if (!(await readBehind(controlTable, name))) return 'none';
  } catch (error) {
    // Accepting the work is the lesser harm.
    logger.warn('backlog not read', { automation: name, reason: errorFacts(error).message });
    return 'none';
  }
  const outcome = approval.whenBehind ?? 'defer';
  logger.info('approvals are overdue', { automation: name, outcome });
  count(outcome === 'shed' ? 'itemsShed' : 'itemsDeferred', name);
  return outcome;
}

const AGAIN = { 'retry-after': String(DEFER_SECONDS) };

export function shed(): Problem {
  const detail = 'the approvers are behind: this low-priority work was not kept; send it again later';
  return new Problem(429, detail, { accepted: false }, AGAIN);
}
