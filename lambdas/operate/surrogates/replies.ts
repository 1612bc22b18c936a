import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { surrogateView } from '../../reports/surrogate.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { changeSurrogate, readSurrogate, type SurrogateRow } from '../../tables/surrogates/surrogates.ts';

/* How the surrogate of route stands, told to operators, and switched by them. */

type Env = EnvFor<'operate/commands'>;

const STEP = 'route';

export async function surrogateReply({ automation: { name } }: Asked<'surrogate'>, env: Env): Promise<Reply> {
  return json(200, surrogateView(name, await mustStand(name, env)));
}

/**
 * On: it answers again at once, with what it has learned, and is tried from the beginning. Off: until an operator switches it on; it goes on
 * learning.
 */
export async function surrogateSwitchReply(
  { caller, body: { on, reason }, automation: { name } }: Asked<'surrogateSwitch'>,
  env: Env,
): Promise<Reply> {
  await mustStand(name, env);
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, {
    by: caller.name,
    command: `surrogate ${on ? 'on' : 'off'}`,
    automation: name,
    reason,
  });
  const of = { automation: name, step: STEP };
  const row = await changeSurrogate(env.CONTROL_TABLE, of, (now) => {
    if (!now) return undefined;
    const { off: _, closed: __, tried: ___, ...rest } = now;
    return on ? rest : { ...now, off: { at: isoNow(), by: caller.name, reason } };
  });
  logger.info('surrogate', { automation: name, by: caller.name, on });
  return json(200, surrogateView(name, row ?? (await mustStand(name, env))));
}

async function mustStand(automation: string, env: Env): Promise<SurrogateRow> {
  const row = await readSurrogate(env.CONTROL_TABLE, { automation, step: STEP });
  if (row) return row;
  throw new Problem(409, `'${automation}' has no surrogate, or nothing was learned for it yet`);
}
