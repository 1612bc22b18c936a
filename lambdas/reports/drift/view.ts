import {
  type Drift,
  type Finding,
  type Height,
  MEASURES,
  type Mix,
  type Shift,
} from '../../tables/drift/drift.ts';
import type { Pinned } from '../../tables/drift/pinned.ts';
import { minus, referenceFrom, SPAN_DAYS, WEEK_DAYS } from './days.ts';
import { stepWords } from './steps.ts';

/* What drifts, as the API, the command line and the console show it. */

/**
 * @param clients whether the reader may see who else works here
 * @param pinnedNow what an operator has pinned, which the last judgement may not know yet
 */
export function driftView(
  automation: string,
  drift: Drift | undefined,
  clients: boolean,
  pinnedNow?: Pinned,
) {
  const { day, judgedAt, pinned, shifts = [], past = [], findings = [] } = drift ?? {};
  const mayBeSeen = ({ slice }: Pick<Mix, 'slice'>) => clients || slice?.by !== 'client';
  const whole = findings.filter((it) => !('slice' in it));
  return {
    automation,
    judgedAt: judgedAt ?? null,
    week: day === undefined ? null : { from: minus(day, WEEK_DAYS), to: day },
    reference: day === undefined ? null : referenceFrom(pinned?.from ?? minus(day, SPAN_DAYS)),
    /** By whom, when and why, if those weeks are pinned. */
    pinned: pinned ? { by: pinned.by, at: pinned.at, reason: pinned.reason } : null,
    /** What the next judgement is held against, if somebody has pinned weeks. */
    pinnedNow: pinnedNow ? { ...pinnedNow, to: referenceFrom(pinnedNow.from).to } : null,
    shifts: shifts
      .filter(({ told, finding }) => told && (isHeight(finding) || mayBeSeen(finding)))
      .map((it) => shiftView(it, automation)),
    past: past.filter((it) => mayBeSeen(it)).map(({ words, since, until }) => ({ words, since, until })),
    mixes: whole.filter((it) => !isHeight(it)),
    heights: whole.filter(isHeight),
    tooFew: MEASURES.filter((measure) => !whole.some((it) => it.measure === measure)),
  };
}

export type DriftView = ReturnType<typeof driftView>;

function shiftView({ since, step, words, finding }: Shift, automation: string) {
  const { measure, items } = finding;
  return {
    measure,
    ...(isHeight(finding) ? { percent: finding.percent } : finding.slice ? { slice: finding.slice } : {}),
    ...{ since, words, step, advice: stepWords(step, automation), items },
    ...(isHeight(finding)
      ? { before: finding.before, now: finding.now }
      : { psi: finding.psi, shares: finding.shares }),
  };
}

function isHeight(finding: Finding): finding is Height {
  return 'percent' in finding;
}
