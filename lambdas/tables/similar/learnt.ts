import { isoNow } from '../../kit/clock.ts';
import { absent, all, below, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { learntKey, standingKey } from './keys.ts';

/* What comparisons taught of a step, and whether it has switched itself off. In the control table. */

/** By the number of a bin: how many were asked, compared and wrong. By that of a group of senders: how many of them it asked. */
type Figure = `asked${number}` | `compared${number}` | `wrong${number}` | `group${number}`;

export interface LearntRow {
  id: string;
  since?: string;
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
}

/** The step of an automation, in the epoch that an operator's last word began. */
export interface Learner {
  table: string;
  automation: string;
  step: string;
  about: string;
  epoch: number;
}

const keyOf = ({ automation, step, about, epoch }: Learner) =>
  learntKey(automation, step, `${about}-${epoch}`);

export function readLearnt(learner: Learner): Promise<LearntRow | undefined> {
  return get(learner.table, keyOf(learner), { eventual: true });
}

/** Counts one question. Of a group that has had its share only what is wrong counts as evidence. @returns the row as it is now */
export async function addSeen(learner: Learner, seen: Seen): Promise<LearntRow | undefined> {
  const { bin, wrong, open, group, mostOfGroup } = seen;
  const compared = wrong !== undefined;
  const used = open && !compared ? { used: 1 } : {};
  const evidence = {
    [`asked${bin}`]: 1,
    ...(compared ? { [`compared${bin}`]: 1 } : {}),
    ...(wrong ? { [`wrong${bin}`]: 1 } : {}),
    ...(open && compared ? { audited: 1 } : {}),
  };
  const own: keyof LearntRow = `group${group}`;
  const change = { setOnce: { since: isoNow() }, once: true };
  // Counted twice it would be wrong, and not counted it is no loss.
  const { done, row } = await updateAndSee<LearntRow>(learner.table, keyOf(learner), {
    ...change,
    add: { ...evidence, ...used, [own]: 1 },
    ...(wrong ? {} : { when: either<keyof LearntRow>(absent(own), below(own, mostOfGroup)) }),
  });
  if (done || !open || compared) return row;
  return (await updateAndSee<LearntRow>(learner.table, keyOf(learner), { ...change, add: used })).row;
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
