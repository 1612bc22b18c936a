import type { Asked } from '../../api/door/dispatch.ts';
import type { DeclarationOf } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { surrogateView } from '../../reports/surrogate.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { begunSurrogate, changeSurrogate, readSurrogate } from '../../tables/surrogates/surrogates.ts';

/* How the surrogate of route stands, told to operators, and switched by them. */

type Env = EnvFor<'operate/commands'>;

const STEP = 'route';

/** From its declaration on, before anything was learned as well. @throws Problem 404 where none is declared */
export async function surrogateReply(
  { automation: { name } }: Asked<'surrogate'>,
  declarationOf: DeclarationOf,
  env: Env,
): Promise<Reply> {
  await mustDeclare(name, declarationOf);
  return json(
    200,
    surrogateView(name, await readSurrogate(env.CONTROL_TABLE, { automation: name, step: STEP })),
  );
}

/**
 * On: it answers again at once, with what it has learned, and is tried from the beginning. Off: until an operator switches it on; it goes on
 * learning. Either holds for what it has yet to learn.
 * @throws Problem 404 where none is declared
 */
export async function surrogateSwitchReply(
  { caller, body: { on, reason }, automation: { name } }: Asked<'surrogateSwitch'>,
  declarationOf: DeclarationOf,
  env: Env,
): Promise<Reply> {
  await mustDeclare(name, declarationOf);
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, {
    by: caller.name,
    command: `surrogate ${on ? 'on' : 'off'}`,
    automation: name,
    reason,
  });
  const of = { automation: name, step: STEP };
  const row = await changeSurrogate(env.CONTROL_TABLE, of, (now) => {
    const facts = now ?? begunSurrogate();
    const { off: _, closed: __, tried: ___, ...rest } = facts;
    return on ? rest : { ...facts, off: { at: isoNow(), by: caller.name, reason } };
  });
  logger.info('surrogate', { automation: name, by: caller.name, on });
  return json(200, surrogateView(name, row));
}

async function mustDeclare(automation: string, declarationOf: DeclarationOf): Promise<void> {
  const declared = await declarationOf(automation);
  if (!declared?.steps?.[STEP]?.surrogate)
    throw new Problem(404, `'${automation}' has no step '${STEP}' with 'surrogate'`);
}
