import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { type Days, minus, referenceFrom, SPAN_DAYS } from '../../reports/drift/days.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { writePinned } from '../../tables/drift/pinned.ts';
import { ALL, sumOf } from '../../tables/statistics/figures.ts';
import { hoursOf } from '../../tables/statistics/hours.ts';

/** Of the 400 days for which is kept what was counted, so that the weeks stay whole for a while. */
const OLDEST_DAYS = 365;

/** Says which four weeks drift is held against, or lets them be those before the last one again. It counts from the next judgement. */
export async function referenceReply(
  { caller, body: { pin, from: asked, reason }, automation: { name } }: Asked<'reference'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const today = isoNow().slice(0, 10);
  const newest = minus(today, SPAN_DAYS);
  const oldest = minus(today, OLDEST_DAYS);
  if (asked !== undefined && (!pin || asked > newest || asked < oldest)) {
    const message = pin
      ? `must be a day from ${oldest} to ${newest}`
      : 'must not be there: nothing is pinned';
    throw wrongBody([{ pointer: '/from', message }]);
  }
  const from = asked ?? newest;
  if (pin) await mustBeCounted(name, referenceFrom(from), env);
  const command = pin ? `drift pin from=${from}` : 'drift unpin';
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: name, reason });
  const by = caller.name;
  const pinned = await writePinned(env.CONTROL_TABLE, name, pin ? { from, by, reason } : undefined);
  logger.info('drift reference', { automation: name, by, ...(pin ? { from } : {}) });
  return json(200, { automation: name, pinned: pinned ? { ...pinned, to: referenceFrom(from).to } : null });
}

/** @throws Problem 409 for weeks in which nothing was judged: beside them nothing would ever be said to shift */
async function mustBeCounted(
  name: string,
  { from, to }: Days,
  { CONTROL_TABLE }: Pick<EnvFor<'operate/commands'>, 'CONTROL_TABLE'>,
): Promise<void> {
  const hours = await hoursOf(CONTROL_TABLE, name, `${from}T00:00:00.000Z`, `${to}T00:00:00.000Z`);
  if (sumOf(hours.map(({ figures }) => figures)).all?.[ALL]?.n.judged) return;
  throw new Problem(
    409,
    `nothing of '${name}' was judged in the four weeks from ${from} to ${to}: there is nothing to compare with`,
  );
}
