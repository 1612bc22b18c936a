import type { Asked } from '../api/door/dispatch.ts';
import type { EnvFor } from '../contract/env.ts';
import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { json, Problem, type Reply } from '../kit/http.ts';
import { cutText } from '../kit/text.ts';
import { calibrate } from '../models/answer/calibration.ts';
import { type AuditEntry, outcomes, readAudit } from '../tables/audit/audit.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import { type Calibration, writeCalibration } from '../tables/control/calibrations.ts';
import { getItem } from '../tables/items/items.ts';
import { calibrationKey } from '../tables/keys.ts';

/** Items looked at in one go, newest first: enough for a curve, and done before API Gateway gives up. */
const MOST_ITEMS = 400;
const AT_ONCE = 20;

/**
 * Learns from what people decided how much a step's raw confidence is worth: a proposal approved as it was says that the step was
 * right, one that was changed, rejected or sent back that it was not. One calibration per prompt version and model.
 */
export async function calibrateReply(
  { caller, body, automation: { name, prompts } }: Asked<'calibrate'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { step, days } = body;
  if (!Object.hasOwn(prompts, step))
    throw new Problem(
      404,
      `'${name}' has no step '${cutText(step, 80)}'; it has: ${Object.keys(prompts).join(', ')}`,
    );
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, {
    by: caller.name,
    command: `calibrate step=${step} days=${days}`,
    automation: name,
  });
  const to = isoNow();
  const from = new Date(clock.now() - days * DAY_SECONDS * 1000).toISOString();
  const { entries } = await readAudit(env.AUDIT_TABLE, { from, to, automation: name, keep: 'newest' });
  const decided = outcomes(entries)
    .filter(({ decision, attentionCheck }) => decision && !attentionCheck)
    .slice(-MOST_ITEMS);
  const answers = await answersOf(env.ITEM_TABLE, decided, step);
  const made: Calibration[] = [];
  const tooFew: { promptVersion: string; model: string; answers: number }[] = [];
  for (const { promptVersion, model, answers: group } of answers) {
    const calibration = calibrate(calibrationKey(name, step, promptVersion, model), to, group);
    if (!calibration) tooFew.push({ promptVersion, model, answers: group.length });
    else {
      await writeCalibration(env.CONTROL_TABLE, calibration);
      made.push(calibration);
    }
  }
  return json(200, { automation: name, step, decided: decided.length, made, tooFew });
}

interface Answers {
  promptVersion: string;
  model: string;
  answers: { raw: number; right: boolean }[];
}

/** By prompt version and model: how sure each answer looked, and whether people let it stand. */
async function answersOf(table: string, decided: readonly AuditEntry[], step: string): Promise<Answers[]> {
  const groups = new Map<string, Answers>();
  for (let from = 0; from < decided.length; from += AT_ONCE) {
    await Promise.all(
      decided.slice(from, from + AT_ONCE).map(async ({ itemId, decision, edits, askedAt }) => {
        const row = await getItem(table, itemId);
        // What was thought before people were asked: a sent-back item was thought about again after it.
        const before = row?.lineage?.filter((it) => it.step === step && it.at <= askedAt);
        const entry = before?.findLast(({ rawConfidence }) => rawConfidence !== undefined);
        if (entry?.rawConfidence === undefined) return;
        const { promptVersion, model, rawConfidence: raw } = entry;
        const key = JSON.stringify([promptVersion, model]);
        const group = groups.get(key) ?? { promptVersion, model, answers: [] };
        group.answers.push({ raw, right: decision === 'approve' && !edits?.length });
        groups.set(key, group);
      }),
    );
  }
  return [...groups.values()];
}
