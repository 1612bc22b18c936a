import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { json, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { cautionCommand, recordCommand } from '../../tables/audit/commands.ts';
import { cautionView, setCaution } from '../../tables/control/caution.ts';

/** Makes an automation, or some of its actions or labels, ask a person from the next gate on. */
export async function cautionReply(
  { caller, body, automation: { name, actions: declared, labels: known } }: Asked<'caution'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { on, actions = [], labels = [], reason } = body;
  const faults = [...unknownActions(actions, declared), ...unknown('labels', labels, known)];
  if (faults.length > 0) throw wrongBody(faults);
  const command = cautionCommand({ on, actions, labels });
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: name, reason });
  const row = await setCaution(env.CONTROL_TABLE, name, { on, actions, labels, reason, by: caller.name });
  logger.info('caution', { automation: name, by: caller.name, on, actions, labels });
  return json(200, { automation: name, caution: cautionView(row, true) });
}

/** What of these names is no action of the automation. */
export function unknownActions(actions: readonly string[], declared: readonly { name: string }[]) {
  return unknown(
    'actions',
    actions,
    declared.map(({ name }) => name),
  );
}

function unknown(field: string, given: readonly string[], known: readonly string[]) {
  return given.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ pointer: `/${field}/${index}`, message: `must be one of ${known.join(', ')}` }],
  );
}
