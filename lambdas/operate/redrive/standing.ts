import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { cutText } from '../../kit/text.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { automationOf } from '../../tables/keys.ts';
import {
  type RedriveRow,
  readRedrive,
  redriveView,
  runningRedrives,
  stopRedrive,
} from '../../tables/redrives/redrives.ts';

type Env = EnvFor<'operate/commands'>;

/** `GET /v1/redrives/{id}`: how it stands. @throws Problem 404 where there is none, or the token is not for its automation */
export async function redriveStateReply(asked: Asked<'redriveState'>, env: Env): Promise<Reply> {
  return json(200, redriveView(await ofCaller(asked, env)));
}

/** `GET /v1/redrives`: those that run now, of the automations of the token. */
export async function runningReply({ caller }: Asked<'redrivesRunning'>, env: Env): Promise<Reply> {
  const ids = (await runningRedrives(env.CONTROL_TABLE)).filter((id) => caller.may(automationOf(id)));
  const rows = await Promise.all(ids.map((id) => readRedrive(env.CONTROL_TABLE, id)));
  const running = rows.filter((row) => row?.state === 'running') as RedriveRow[];
  return json(200, { redrives: running.map(redriveView) });
}

/**
 * `DELETE /v1/redrives/{id}`: nothing more goes on by it. What has gone on stays so, and a worker in the middle of a few items ends
 * with these. @throws Problem 404 as above, 409 where it has come to its end
 */
export async function stopReply(asked: Asked<'redriveStop'>, env: Env): Promise<Reply> {
  const { caller, body } = asked;
  const { reason } = body;
  const { redrive, automation, state } = await ofCaller(asked, env);
  if (state === 'running') {
    const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
    const command = `redrive stop id=${redrive}`;
    await recordCommand(audit, { by: caller.name, command, automation, reason });
  }
  const now = await stopRedrive(env.CONTROL_TABLE, redrive, { by: caller.name, reason });
  if (now?.state !== 'stopped')
    throw new Problem(409, `the redrive '${redrive}' has come to its end: there is nothing to stop`);
  logger.info('redrive stopped', { redrive, automation, by: caller.name });
  return json(200, redriveView(now));
}

async function ofCaller(
  { caller, params: { id } }: Pick<Asked<'redriveState'>, 'caller' | 'params'>,
  env: Env,
): Promise<RedriveRow> {
  const row = id.length > 0 && id.length < 200 ? await readRedrive(env.CONTROL_TABLE, id) : undefined;
  if (!row || row.redrive !== id || !caller.may(automationOf(id)))
    throw new Problem(404, `there is no redrive '${cutText(id, 80)}'`);
  return row;
}
