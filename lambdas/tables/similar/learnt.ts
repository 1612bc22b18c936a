import { isoNow } from '../../kit/clock.ts';
import { absent, all, either, get, is, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { learntKey, standingKey } from './keys.ts';

/* What comparisons taught of a step, and whether it has switched itself off. In the control table. */

/** By the hundredth-like number of a bin: how many were asked, compared and wrong. */
type Figure = `asked${number}` | `compared${number}` | `wrong${number}`;

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

/** Counts one question. @returns the row as it is now */
export async function addSeen(learner: Learner, { bin, wrong, open }: Seen): Promise<LearntRow | undefined> {
  const compared = wrong !== undefined;
  const { row } = await updateAndSee<LearntRow>(learner.table, keyOf(learner), {
    setOnce: { since: isoNow() },
    add: {
      [`asked${bin}`]: 1,
      ...(compared ? { [`compared${bin}`]: 1 } : {}),
      ...(wrong ? { [`wrong${bin}`]: 1 } : {}),
      ...(open ? (compared ? { audited: 1 } : { used: 1 }) : {}),
    },
    // Counted twice it would be wrong, and not counted it is no loss.
    once: true,
  });
  return row;
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
