import { readOptionalBody, wrongBody } from '../shared/body.ts';
import { cautionView, setCaution } from '../shared/caution.ts';
import { cautionCommand, recordCommand } from '../shared/command.ts';
import type { EnvFor } from '../shared/env.ts';
import { type ApiEvent, admit, type Caller, json, type Reply } from '../shared/http.ts';
import type { RegistryEntry } from '../shared/registry.ts';
import { logger } from '../shared/telemetry.ts';
import { cautionBody } from './operator-schemas.ts';

/** Holds an automation, or some of its actions or labels: what would act alone asks a person, from the next gate on. */
export async function cautionReply(
  event: ApiEvent,
  caller: Caller,
  { name, actions: declared, labels: known }: RegistryEntry,
  env: EnvFor<'api/api'>,
): Promise<Reply> {
  admit(caller, 'operator');
  const { on, actions = [], labels = [], reason } = readOptionalBody(event, cautionBody);
  const faults = [
    ...unknown(
      'actions',
      actions,
      declared.map((action) => action.name),
    ),
    ...unknown('labels', labels, known),
  ];
  if (faults.length > 0) throw wrongBody(faults);
  const command = cautionCommand({ on, actions, labels });
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: name, reason });
  const row = await setCaution(env.CONTROL_TABLE, name, { on, actions, labels, reason, by: caller.name });
  logger.info('caution', { automation: name, by: caller.name, on, actions, labels });
  return json(200, { automation: name, caution: cautionView(row, true) });
}

function unknown(field: string, given: readonly string[], known: readonly string[]) {
  return given.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ pointer: `/${field}/${index}`, message: `must be one of ${known.join(', ')}` }],
  );
}
