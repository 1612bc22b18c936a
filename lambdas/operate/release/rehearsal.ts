import { randomBytes } from 'node:crypto';
import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { KeptRehearsal } from '../../contract/steps/rehearsal.ts';
import { isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { keepRehearsal } from '../../tables/releases/rehearsals.ts';

/** Keeps what an operator's machine found, for those who decide about a release: it is that operator's word. */
export async function rehearsalReply(
  { caller, body, automation }: Asked<'rehearsal'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { name, prompts } = automation;
  const { candidate, rehearsed, changed } = body;
  const steps = Object.keys(candidate);
  const unknown = steps.filter((step) => !Object.hasOwn(prompts, step));
  if (steps.length === 0 || unknown.length > 0)
    throw wrongBody([
      { pointer: '/candidate', message: `must name a prompt of ${Object.keys(prompts).join(', ')}` },
    ]);
  // A verdict of an item of another automation would be a link to it.
  const at = changed.findIndex(({ id }) => !id.startsWith(`${name}_`));
  if (at >= 0) throw wrongBody([{ pointer: `/changed/${at}/id`, message: `must be an item of '${name}'` }]);
  const kept: KeptRehearsal = {
    ...body,
    ...{ id: randomBytes(4).toString('hex'), by: caller.name, at: isoNow() },
  };
  const tried = Object.values(candidate).join(',');
  await recordCommand(
    { table: env.AUDIT_TABLE, days: env.ITEM_DAYS },
    {
      by: caller.name,
      command: `rehearsal ${tried} items=${rehearsed} changed=${changed.length}`,
      automation: name,
    },
  );
  const done = await keepRehearsal(env.CONTROL_TABLE, name, kept);
  if (done === 'large')
    throw wrongBody([
      { pointer: '/changed', message: 'must be shorter: rehearse fewer items with --sample' },
    ]);
  if (done === 'changed') throw new Problem(409, 'somebody else keeps a rehearsal at this moment: ask again');
  return json(200, {
    automation: name,
    id: kept.id,
    path: `/console/automations/${name}/rehearsals/${kept.id}`,
  });
}
