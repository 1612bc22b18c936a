import { type Figures, sumOf } from '../tables/statistics/figures.ts';
import type { AttentionRates } from '../tables/statistics/view.ts';
import { brokeIn } from './broke.ts';
import { type Decision, decideOf } from './decide.ts';
import type { Gathered, Line } from './gathered.ts';
import { learntIn } from './learnt.ts';
import { type Summary, summaryOf } from './summary.ts';

/* The report of a week, made of what was counted and recorded. It is facts: no content of an item, and no person. */

export interface Section {
  automation: string;
  owner: string;
  purpose: string;
  now: Summary;
  before: Summary;
  /** Those on which something happened, as `2026-11-28` (UTC). */
  days: { day: string; done: number; ended: number; stopped: number }[];
  broke: Line[];
  learnt: Line[];
  decide: Decision[];
}

export interface Report {
  week: string;
  from: string;
  to: string;
  madeAt: string;
  /** The week was over when it was made. */
  complete: boolean;
  all: { now: Summary; before: Summary };
  automations: Section[];
}

export function reportOf(
  { week, from, to, now }: { week: string; from: string; to: string; now: string },
  gathered: readonly Gathered[],
  rates: AttentionRates,
): Report {
  const sum = (hours: 'hours' | 'hoursBefore', samples: 'samples' | 'samplesBefore') =>
    summaryOf(
      sumOf(gathered.flatMap((it) => it[hours].map(({ figures }) => figures))),
      rates,
      gathered.flatMap((it) => it[samples]),
    );
  return {
    ...{ week, from, to, madeAt: now, complete: now >= to },
    all: { now: sum('hours', 'samples'), before: sum('hoursBefore', 'samplesBefore') },
    automations: gathered.map((it) => sectionOf(it, rates)),
  };
}

function sectionOf(given: Gathered, rates: AttentionRates): Section {
  const { known, hours, hoursBefore } = given;
  const figures = [hours, hoursBefore].map((of) => sumOf(of.map((it) => it.figures))) as [Figures, Figures];
  const [now, before] = [
    summaryOf(figures[0], rates, given.samples),
    summaryOf(figures[1], rates, given.samplesBefore),
  ];
  const days = Map.groupBy(hours, ({ hour }) => hour.slice(0, 10));
  return {
    ...{ automation: known.name, owner: known.owner, purpose: known.purpose, now, before },
    days: [...days].map(([day, of]) => dayOf(day, summaryOf(sumOf(of.map((it) => it.figures)), rates))),
    broke: brokeIn(figures[0], now, given),
    learnt: learntIn(figures, given),
    decide: decideOf(now, before, given),
  };
}

function dayOf(day: string, it: Summary): Section['days'][number] {
  const ended = it.refused + it.rejected + it.expired + it.withdrawn;
  return { day, done: it.done, ended, stopped: it.parked + it.quarantined };
}
