import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { json, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { holdCommand, recordCommand } from '../../tables/audit/commands.ts';
import { budgetView, readBudget } from '../../tables/control/budgets.ts';
import { type HoldOrder, holdView, setHold, stateOf } from '../../tables/control/hold.ts';
import { unknownActions } from './caution.ts';

type Env = EnvFor<'operate/commands'>;

/** Nothing of the automation goes on, or these actions wait. */
export function suspendReply(asked: Asked<'suspend'>, env: Env): Promise<Reply> {
  const { caller, body, automation } = asked;
  const faults = unknownActions(body.actions ?? [], automation.actions);
  if (faults.length > 0) throw wrongBody(faults);
  return held(automation, { mode: 'suspend', by: caller.name, ...body }, env);
}

/** What is begun is finished, and nothing new is begun. */
export function drainReply({ caller, body, automation }: Asked<'drain'>, env: Env): Promise<Reply> {
  return held(automation, { mode: 'drain', by: caller.name, ...body }, env);
}

async function held(
  { name, budget }: Asked<'suspend'>['automation'],
  order: HoldOrder,
  env: Env,
): Promise<Reply> {
  const { by, mode, actions, reason } = order;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by, command: holdCommand(mode, actions), automation: name, reason });
  const [row, day] = await Promise.all([
    setHold(env.CONTROL_TABLE, name, order),
    readBudget(env.CONTROL_TABLE, name),
  ]);
  logger.info('held', { automation: name, by, mode, actions });
  return json(200, {
    automation: name,
    state: stateOf(row, budgetView(budget, day)),
    hold: holdView(row, true),
  });
}
