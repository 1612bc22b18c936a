import { clock } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { Evidence } from '../../kit/numbers/evidence.ts';
import { leastScore, mostOfGroup } from '../../kit/numbers/least-score.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import {
  addSeen,
  addWrong,
  binsOf,
  isNamed,
  type Learner,
  nameLearnt,
  readLearnt,
  readStanding,
  type Seen,
  type Standing,
  switchOff,
} from '../../tables/similar/learnt.ts';
import { groupOf } from './sender.ts';

/* Whether a step may use answers to similar questions now, and from which score on. */

/** What is believed for so long without a look. An operator's word is heard within this time. */
const KEPT_MS = 10_000;

export interface Permission {
  learner: Learner;
  /** Questions of one group of senders that count, those before included. */
  mostOfGroup: number;
  /** Undefined: nothing is used yet. */
  least: number | undefined;
  /** Of a row where it is not written down yet that this lies there: as the row was. */
  unnamed?: Pick<Standing, 'learnt' | 'named'> | undefined;
}

interface Known {
  at: number;
  /** Undefined where it is switched off. */
  permission: Permission | undefined;
}

const known = new Map<string, Known>();

export type About = Omit<Learner, 'epoch'>;

/** Undefined while it is switched off: then not even a vector is made. */
export async function permissionOf(about: About): Promise<Permission | undefined> {
  const { table, automation, step } = about;
  const { wrongAtMost } = about.of;
  const name = nameOf(about);
  const before = known.get(name);
  const age = before ? clock.now() - before.at : -1;
  if (before && age >= 0 && age < KEPT_MS) return before.permission;
  const standing = await readStanding(table, automation, step);
  const learner: Learner = { ...about, epoch: standing?.epoch ?? 0 };
  const row = standing?.off ? undefined : await readLearnt(learner);
  const bins = binsOf(row);
  const least = leastScore(bins, wrongAtMost);
  const unnamed = standing && isNamed(standing, learner) ? undefined : (standing ?? {});
  const permission = standing?.off
    ? undefined
    : { learner, least, mostOfGroup: mostOfGroup(bins, wrongAtMost), unnamed };
  known.set(name, { at: clock.now(), permission });
  return permission;
}

function nameOf({ table, automation, step, about }: About): string {
  return `${table} ${automation} ${step} ${about}`;
}

/** What is told of one question. */
export type Counted = Omit<Seen, 'group' | 'mostOfGroup'>;

/** Counts a question, and switches off what audits have proved wrong. @param by whoever asked, hashed */
export async function learn(permission: Permission, by: string, seen: Counted): Promise<void> {
  const { learner, mostOfGroup } = permission;
  const { wrongAtMost } = learner.of;
  const row = await addSeen(learner, { ...seen, group: groupOf(by), mostOfGroup });
  await named(permission);
  if (!seen.open || !seen.wrong) return;
  const audited = row?.audited ?? 1;
  const { wrongAt = [audited] } = (await addWrong(learner, audited)) ?? {};
  if (!isProved(wrongAt, audited, wrongAtMost)) return;
  const reason = `${wrongAt.length} of ${audited} audited answers were wrong`;
  if (await switchOff(learner.table, learner, reason)) {
    const { automation, step } = learner;
    logger.error('similar questions are switched off', { automation, step, reason });
    count('similarOff', automation);
    await tellAlarm(learner.table, 'similar/off', automation);
  }
  known.delete(nameOf(learner));
}

/** Operators find what is learnt by it. Tried once for each look at the row: without it all goes on. */
async function named(permission: Permission): Promise<void> {
  const { learner, unnamed } = permission;
  if (!unnamed) return;
  permission.unnamed = undefined;
  await nameLearnt(learner, unnamed).catch((error) =>
    logger.warn('what is learnt of similar questions is not written down', {
      reason: errorFacts(error).message,
    }),
  );
}

/** Whether more are wrong than may be, asked after each audit. @param wrongAt the numbers of those that were, in any order */
export function isProved(wrongAt: readonly number[], audited: number, wrongAtMost: number): boolean {
  const evidence = new Evidence(wrongAtMost);
  const wrong = new Map<number, number>();
  for (const nth of wrongAt) wrong.set(nth, (wrong.get(nth) ?? 0) + 1);
  for (let nth = 1; nth <= audited; nth += 1) {
    // Two that were written at one moment have one number, and both count.
    for (let many = wrong.get(nth) ?? 0; many > 0; many -= 1) evidence.see(true);
    if (!wrong.has(nth)) evidence.see(false);
    if (evidence.isEnough) return true;
  }
  return false;
}
