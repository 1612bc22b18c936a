import { randomBytes } from 'node:crypto';
import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { KeptRehearsal } from '../../contract/steps/rehearsal.ts';
import { isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { automationOf } from '../../tables/keys.ts';
import { keepRehearsal } from '../../tables/releases/rehearsals.ts';

/** Keeps what an operator's machine found, for those who decide about a release: it is that operator's word. */
export async function rehearsalReply(
  { caller, body, automation }: Asked<'rehearsal'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { name, prompts } = automation;
  const { candidate, rehearsed, changed } = body;
  const steps = Object.keys(candidate);
  const wrong = steps.filter((step) => !Object.hasOwn(prompts, step) || !isVersion(step, candidate[step]));
  if (steps.length === 0 || wrong.length > 0)
    throw wrongBody([
      {
        pointer: '/candidate',
        message: `must name a version by step, such as route.v2, of ${Object.keys(prompts).join(', ')}`,
      },
    ]);
  // Each becomes a link of the console.
  const at = changed.findIndex(({ id }) => automationOf(id) !== name || !/_[\da-f]{32}$/.test(id));
  if (at >= 0)
    throw wrongBody([{ pointer: `/changed/${at}/id`, message: `must be the id of an item of '${name}'` }]);
  const kept: KeptRehearsal = {
    ...body,
    ...{ id: randomBytes(4).toString('hex'), by: caller.name, at: isoNow() },
  };
  const tried = Object.values(candidate).join(',');
  await recordCommand(
    { table: env.AUDIT_TABLE, days: env.ITEM_DAYS },
    {
      by: caller.name,
      command: `rehearsal ${tried} items=${rehearsed} changed=${changed.length + (body.more ?? 0)}`,
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

const isVersion = (step: string, version = '') =>
  version.startsWith(`${step}.`) && /^v\d{1,4}$/.test(version.slice(step.length + 1));
