import { randomBytes } from 'node:crypto';
import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { KeptRehearsal, VerdictCounts } from '../../contract/steps/rehearsal.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { type Fault, wrongBody } from '../../kit/request-body.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { automationOf } from '../../tables/keys.ts';
import { keepRehearsal, packed } from '../../tables/releases/rehearsals.ts';

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
  const cannotBe = faultsOf(body);
  if (cannotBe.length > 0) throw wrongBody(cannotBe);
  const kept: KeptRehearsal = {
    ...body,
    ...{ id: randomBytes(4).toString('hex'), by: caller.name, at: isoNow() },
  };
  const bytes = packed(kept);
  if (!bytes)
    throw wrongBody([
      { pointer: '/changed', message: 'must be shorter: rehearse fewer items with --sample' },
    ]);
  const tried = Object.values(candidate).join(',');
  const command = `rehearsal ${tried} items=${rehearsed} changed=${changed.length + (body.more ?? 0)}`;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: name });
  if (!(await keepRehearsal(env.CONTROL_TABLE, name, bytes)))
    throw new Problem(409, 'somebody else keeps a rehearsal at this moment: ask again');
  const path = `/console/automations/${name}/rehearsals/${kept.id}`;
  return json(200, { automation: name, id: kept.id, path });
}

const AMOUNT = /^(?:(?:[A-Z]{3} )?-?\d+(?:\.\d+)?)?$/;

/** A name holds no address and no number of somebody. */
const isSomebodys = (name: string) => /@|\d{5}/.test(name);

/** Figures that no rehearsal comes to, and what it never says. */
function faultsOf({
  rehearsed,
  changed,
  more = 0,
  verdicts,
  since,
  leftOut,
}: Asked<'rehearsal'>['body']): Fault[] {
  const sum = ({ act, ask, refuse }: VerdictCounts) => act + ask + refuse;
  const ids = new Set(changed.map(({ id }) => id));
  // An erasure does not look here: names are kept, and nobody's words.
  const says = changed.findIndex(
    ({ label = [], actions = [], amount = [], parameters = [] }) =>
      [label, actions, parameters].flat().some(isSomebodys) || !amount.every((it) => AMOUNT.test(it)),
  );
  const undecided = changed.findIndex(({ right, decision }) => right !== undefined && decision === undefined);
  return [
    ...(changed.length + more > rehearsed
      ? [{ pointer: '/changed', message: "must be, with 'more', no more items than were rehearsed" }]
      : []),
    ...(ids.size < changed.length ? [{ pointer: '/changed', message: 'must name each item once' }] : []),
    ...(says >= 0
      ? [
          {
            pointer: `/changed/${says}`,
            message: 'must hold names of labels, actions and parameters, and amounts such as EUR 24.90',
          },
        ]
      : []),
    ...(Object.keys(leftOut).some(isSomebodys)
      ? [{ pointer: '/leftOut', message: 'must say why in words of nobody: no address, no number' }]
      : []),
    ...(undecided >= 0
      ? [{ pointer: `/changed/${undecided}/right`, message: 'must not be there where nobody decided' }]
      : []),
    ...(['kept', 'candidate'] as const)
      .filter((side) => sum(verdicts[side]) !== rehearsed)
      .map((side) => ({ pointer: `/verdicts/${side}`, message: 'must sum up to what was rehearsed' })),
    ...(Date.parse(since) > clock.now() ? [{ pointer: '/since', message: 'must not be to come' }] : []),
  ];
}

const isVersion = (step: string, version = '') =>
  version.startsWith(`${step}.`) && /^v\d{1,4}$/.test(version.slice(step.length + 1));
