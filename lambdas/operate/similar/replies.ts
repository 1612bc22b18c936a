import type { Asked } from '../../api/door/dispatch.ts';
import type { DeclarationOf } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { cutText } from '../../kit/text.ts';
import { similarSteps, similarView } from '../../reports/similar.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { setStanding } from '../../tables/similar/learnt.ts';

/* Answers to similar questions: what was learnt of them, told to operators, and switched by them. */

/** How the steps stand that may use such answers, or this one. @throws Problem 404 where it is no such step */
export async function similarLearntReply(
  { query: { step }, automation: { name } }: Asked<'similarLearnt'>,
  declarationOf: DeclarationOf,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const declared = (await declarationOf(name)) ?? { name };
  const known = similarSteps(declared);
  if (step !== undefined) mustBeOf(known, name, step);
  const steps = await similarView(env.CONTROL_TABLE, declared, step === undefined ? known : [step]);
  return json(200, { automation: name, steps });
}

/**
 * Lets a step begin anew to learn which similar questions may share an answer, or use no such answer. Heard within ten seconds.
 * @throws Problem 404 where it is no such step
 */
export async function similarReply(
  { caller, body, automation: { name } }: Asked<'similar'>,
  declarationOf: DeclarationOf,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { step, on, reason } = body;
  mustBeOf(similarSteps((await declarationOf(name)) ?? { name }), name, step);
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  const command = `similar step=${step} ${on ? 'on' : 'off'}`;
  await recordCommand(audit, { by: caller.name, command, automation: name, reason });
  const row = await setStanding(
    env.CONTROL_TABLE,
    { automation: name, step },
    { on, by: caller.name, reason },
  );
  logger.info('similar', { automation: name, step, by: caller.name, on });
  return json(200, { automation: name, step, on, last: on ? row?.on : row?.off });
}

function mustBeOf(known: readonly string[], automation: string, step: string): void {
  if (known.includes(step)) return;
  throw new Problem(
    404,
    `'${automation}' has no step '${cutText(step, 80)}' with 'similar'; it has: ${known.join(', ') || 'none'}`,
  );
}
