import type { Automation } from '../contract/automation.ts';
import { type Bin, fewestComparisons, leastScore, type Shown, shownBy } from '../kit/numbers/least-score.ts';
import {
  binsOf,
  type LearntAt,
  type LearntRow,
  readAllLearnt,
  type Standing,
} from '../tables/similar/learnt.ts';

/* What steps have learnt of similar questions, and what that saved, for operators and owners. */

/** One prompt with its models, of which is learnt apart. Shares and scores are from 0 to 1. */
export interface LearntView {
  prompt?: string | undefined;
  /** As `<endpoint>/<model>`, the first choice first. */
  models?: readonly string[] | undefined;
  wrongAtMost: number;
  /** When the first and the last question counted, and when the first answer was used. */
  since?: string | undefined;
  lastAt?: string | undefined;
  usedSince?: string | undefined;
  /** The score from which on answers are used. Absent: none is used. */
  least?: number | undefined;
  /** What comparisons show from a score on: from `least`, or as far as they were looked at. Absent: nothing was compared. */
  shown?: Shown | undefined;
  /** With as many comparisons and no error it opens. */
  fewest: number;
  /** Questions that counted, those of them that were compared, and of which the model said something else. */
  asked: number;
  compared: number;
  wrong: number;
  /** What was done with its answers. */
  done: Done;
}

export interface Done {
  /** Answers that were used. */
  used: number;
  /** Of those that would have been, how many were asked of the model all the same, and were wrong. */
  audited: number;
  auditedWrong: number;
  /** What used answers would have cost by the mean of the compared calls, less vectors. Absent: no call was compared. */
  savedUsd?: number | undefined;
}

export interface StepView {
  step: string;
  /** Of what was asked last, where there are several prompts or models. */
  state: 'learning' | 'answers' | 'off';
  off?: Standing['off'];
  /** Who let it begin anew. */
  on?: Standing['on'];
  /** Since then, or from the beginning; what was asked last is first. */
  learnt: LearntView[];
  /** Of the times before, which no longer count. Absent: there are none. */
  earlier?: Done | undefined;
}

/** Steps whose answers may be used for similar questions. */
export function similarSteps({ steps = {} }: Pick<Automation, 'name' | 'steps'>): string[] {
  return Object.entries(steps).flatMap(([step, { similar }]) => (similar ? [step] : []));
}

/** How these steps of it stand now. */
export function similarView(
  table: string,
  { name, steps }: Pick<Automation, 'name' | 'steps'>,
  wanted: readonly string[],
): Promise<StepView[]> {
  return Promise.all(
    wanted.map(async (step) => {
      const { standing, rows } = await readAllLearnt(table, name, step);
      const { off, on, epoch = 0 } = standing;
      const wrongAtMost = steps?.[step]?.similar?.wrongAtMost ?? 0;
      const isOfNow = (row: LearntAt) => row.epoch === epoch;
      const learnt = rows
        .filter(isOfNow)
        .map((row) => learntView(row, wrongAtMost))
        .toSorted((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
      const before = rows.filter((row) => !isOfNow(row)).map(doneOf);
      return {
        step,
        state: off ? 'off' : learnt[0]?.least === undefined ? 'learning' : 'answers',
        ...{ off, on, learnt },
        earlier: before.length > 0 ? before.reduce(both) : undefined,
      };
    }),
  );
}

function learntView(row: LearntRow, declared: number): LearntView {
  const { prompt, models, since, at, usedSince, wrongAtMost = declared } = row;
  const bins = binsOf(row);
  const shown = shownBy(bins, wrongAtMost);
  const sum = (of: keyof Bin) => bins.reduce((all, bin) => all + bin[of], 0);
  return {
    ...{ prompt, models, wrongAtMost, since, lastAt: at, usedSince },
    least: leastScore(bins, wrongAtMost),
    shown: shown && {
      score: shown.score,
      comparisons: Math.floor(shown.comparisons),
      wrong: share(shown.wrong),
      high: share(shown.high),
    },
    fewest: fewestComparisons(wrongAtMost),
    ...{ asked: sum('asked'), compared: sum('compared'), wrong: sum('wrong') },
    done: doneOf(row),
  };
}

function doneOf(row: LearntRow): Done {
  const { used = 0, audited = 0, wrongAt = [], calls = 0, callsUsd = 0, vectorsUsd = 0 } = row;
  const savedUsd = calls > 0 ? micro((used * callsUsd) / calls - vectorsUsd) : undefined;
  return { used, audited, auditedWrong: wrongAt.length, savedUsd };
}

function both(a: Done, b: Done): Done {
  const isKnown = a.savedUsd !== undefined || b.savedUsd !== undefined;
  return {
    ...{ used: a.used + b.used, audited: a.audited + b.audited },
    auditedWrong: a.auditedWrong + b.auditedWrong,
    savedUsd: isKnown ? micro((a.savedUsd ?? 0) + (b.savedUsd ?? 0)) : undefined,
  };
}

function micro(usd: number): number {
  return Number(usd.toFixed(6));
}

function share(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
