import { isoNow } from '../../kit/clock.ts';
import { absent, all, below, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { BINS, type Bin } from '../../kit/numbers/least-score.ts';
import { learntKey, standingKey } from './keys.ts';

/* What comparisons taught of a step, and whether it has switched itself off. In the control table. */

/** By the number of a bin: how many were asked, compared and wrong. By that of a group of senders: how many of them it asked. */
type Figure = `asked${number}` | `compared${number}` | `wrong${number}` | `group${number}`;

/** What it is of, beside the digest in its key. */
export interface LearntOf {
  prompt: string;
  /** Those that could be asked, as `<endpoint>/<model>`, the first choice first. */
  models: readonly string[];
  wrongAtMost: number;
}

export interface LearntRow extends Partial<LearntOf> {
  id: string;
  since?: string;
  /** Of the last question that counted or got such an answer. */
  at?: string;
  /** What those questions cost in vectors; model calls that counted as comparisons, and what they cost. */
  vectorsUsd?: number;
  calls?: number;
  callsUsd?: number;
  /** When the first answer was used. */
  usedSince?: string;
  /** Answers that were used, and those that would have been and were asked again. */
  used?: number;
  audited?: number;
  /** The number of each audited answer that was wrong. */
  wrongAt?: readonly number[];
  [figure: Figure]: number;
}

export interface Seen {
  bin: number;
  /** The model was asked as well: whether it said something else. @default it was not */
  wrong?: boolean;
  /** The answer was good enough to be used. */
  open: boolean;
  /** Of which group whoever asked is, and how many of it may have counted before. */
  group: number;
  mostOfGroup: number;
  vectorUsd: number;
  /** What the model took, where it was asked as well. */
  callUsd?: number;
}

/** The step of an automation, in the epoch that an operator's last word began. */
export interface Learner {
  table: string;
  automation: string;
  step: string;
  about: string;
  epoch: number;
  of: LearntOf;
}

const keyOf = ({ automation, step, about, epoch }: Omit<Learner, 'of'>) =>
  learntKey(automation, step, `${about}-${epoch}`);

/** By the number of its bin. */
export function binsOf(row: LearntRow | undefined): Bin[] {
  return Array.from({ length: BINS }, (_, bin) => ({
    asked: row?.[`asked${bin}`] ?? 0,
    compared: row?.[`compared${bin}`] ?? 0,
    wrong: row?.[`wrong${bin}`] ?? 0,
  }));
}

export function readLearnt(learner: Learner): Promise<LearntRow | undefined> {
  return get(learner.table, keyOf(learner), { eventual: true });
}

/** Counts one question. Of a group that has had its share only what is wrong counts as evidence. @returns the row as it is now */
export async function addSeen(learner: Learner, seen: Seen): Promise<LearntRow | undefined> {
  const { bin, wrong, open, group, mostOfGroup, vectorUsd, callUsd } = seen;
  const compared = wrong !== undefined;
  const isUsed = open && !compared;
  const spent = { ...(isUsed ? { used: 1 } : {}), vectorsUsd: vectorUsd };
  const evidence = {
    [`asked${bin}`]: 1,
    ...(compared ? { [`compared${bin}`]: 1 } : {}),
    ...(wrong ? { [`wrong${bin}`]: 1 } : {}),
    ...(open && compared ? { audited: 1 } : {}),
    ...(compared && callUsd !== undefined ? { calls: 1, callsUsd: callUsd } : {}),
  };
  const own: keyof LearntRow = `group${group}`;
  const at = isoNow();
  const first = { since: at, ...learner.of, ...(isUsed ? { usedSince: at } : {}) };
  const change = { set: { at }, setOnce: first, once: true };
  // Counted twice it would be wrong, and not counted it is no loss.
  const { done, row } = await updateAndSee<LearntRow>(learner.table, keyOf(learner), {
    ...change,
    add: { ...evidence, ...spent, [own]: 1 },
    ...(wrong ? {} : { when: either<keyof LearntRow>(absent(own), below(own, mostOfGroup)) }),
  });
  if (done || !isUsed) return row;
  return (await updateAndSee<LearntRow>(learner.table, keyOf(learner), { ...change, add: spent })).row;
}

/** Writes down that the audited answer of this number was wrong. */
export async function addWrong(learner: Learner, nth: number): Promise<LearntRow | undefined> {
  const { row } = await updateAndSee<LearntRow>(learner.table, keyOf(learner), {
    append: { wrongAt: [nth] },
  });
  return row;
}

export interface Standing {
  id: string;
  /** Grows with each word of an operator: what was learnt before no longer counts. */
  epoch?: number;
  /** Why and since when no such answer is used. */
  off?: { at: string; by: string; reason: string };
  /** Who let it begin anew. */
  on?: { at: string; by: string; reason: string };
  /** Where it lies what was learnt, the newest first. */
  learnt?: readonly LearntAt[];
  /** Grows with each of those: of two written at once one is refused. */
  named?: number;
}

export type LearntAt = Pick<Learner, 'about' | 'epoch'>;

/** Rows of one step that are found again, those of earlier epochs among them. */
const MOST_NAMED = 24;

export function isNamed({ learnt = [] }: Pick<Standing, 'learnt'>, { about, epoch }: LearntAt): boolean {
  return learnt.some((it) => it.about === about && it.epoch === epoch);
}

/** Writes down where it lies what is learnt: once for each prompt, model and epoch. False where another one was written meanwhile. */
export function nameLearnt(
  { table, automation, step, about, epoch }: Learner,
  { learnt = [], named }: Pick<Standing, 'learnt' | 'named'>,
): Promise<boolean> {
  return update<Standing>(table, standingKey(automation, step), {
    set: { learnt: [{ about, epoch }, ...learnt].slice(0, MOST_NAMED) },
    add: { named: 1 },
    when: named === undefined ? absent('named') : is('named', named),
  });
}

/** Whether a step may use such answers, and what was learnt of it in this epoch and those before, as it is now. */
export async function readAllLearnt(
  table: string,
  automation: string,
  step: string,
): Promise<{ standing: Standing; rows: (LearntRow & LearntAt)[] }> {
  const id = standingKey(automation, step);
  const standing = (await get<Standing>(table, id)) ?? { id };
  const found = (standing.learnt ?? []).map(async (at) => {
    const row = await get<LearntRow>(table, keyOf({ table, automation, step, ...at }));
    return row ? [{ ...row, ...at }] : [];
  });
  return { standing, rows: (await Promise.all(found)).flat() };
}

export function readStanding(table: string, automation: string, step: string): Promise<Standing | undefined> {
  return get(table, standingKey(automation, step), { eventual: true });
}

/** Switches itself off. False where somebody else did, or an operator has spoken since. */
export function switchOff(
  table: string,
  { automation, step, epoch }: Pick<Learner, 'automation' | 'step' | 'epoch'>,
  reason: string,
): Promise<boolean> {
  return update<Standing>(table, standingKey(automation, step), {
    set: { off: { at: isoNow(), by: 'signalbox', reason } },
    when: all(absent('off'), epoch === 0 ? either(absent('epoch'), is('epoch', 0)) : is('epoch', epoch)),
  });
}

/** An operator's word. On: it begins anew, closed until comparisons have shown again that it may open. */
export async function setStanding(
  table: string,
  { automation, step }: { automation: string; step: string },
  { on, by, reason }: { on: boolean; by: string; reason: string },
): Promise<Standing | undefined> {
  const word = { at: isoNow(), by, reason };
  const { row } = await updateAndSee<Standing>(
    table,
    standingKey(automation, step),
    on ? { set: { on: word }, add: { epoch: 1 }, remove: ['off'] } : { set: { off: word } },
  );
  return row;
}
