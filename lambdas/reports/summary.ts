import type { Sample } from '../contract/audits/sample.ts';
import { qualityOf } from '../tables/samples/quality.ts';
import type { Figures } from '../tables/statistics/figures.ts';
import { type AttentionRates, viewOf } from '../tables/statistics/view.ts';

/* What an owner asks of a time, in the same figures on a page, in a mail and as JSON. */

/** A share that was estimated from so many, with its bounds. */
export interface Bounded {
  value: number;
  low: number;
  high: number;
  n: number;
}

export interface Summary {
  received: number;
  done: number;
  refused: number;
  rejected: number;
  expired: number;
  withdrawn: number;
  parked: number;
  quarantined: number;
  /** Of what was judged: how much acted with nobody asked. */
  alone: number | null;
  /** From reception, or a redrive, to the end. */
  p50Ms: number | null;
  p95Ms: number | null;
  /** Of the promises that came due. */
  promisesKept: number | null;
  /** Of models. */
  costUsd: number;
  /** Reports that were kept before it was counted have none. */
  awsUsd?: number;
  /** Of both. */
  costPerItemUsd: number | null;
  costPerDoneUsd: number | null;
  overrideRate: number | null;
  /** Parked and quarantined, by class. */
  errors: Readonly<Record<string, number>>;
  attention: {
    asked: number;
    decided: number;
    agreement: number | null;
    shareFast: number | null;
    /** On the page, for half of the decisions at most. */
    p50Ms: number | null;
    seconds: number;
    costUsd: number;
  };
  /** Of what acted alone, as audits found it. Absent where nothing is audited. */
  auditPrecision?: Bounded;
}

export function summaryOf(figures: Figures, rates: AttentionRates, samples: readonly Sample[] = []): Summary {
  const { value, low, high, n } = qualityOf(samples).all;
  const known = value !== null && low !== null && high !== null;
  const summary = summaryIn(viewOf(figures, false, rates));
  return known ? { ...summary, auditPrecision: { value, low, high, n } } : summary;
}

function summaryIn(view: ReturnType<typeof viewOf>): Summary {
  const { received, done, refused, rejected, expired, withdrawn, parked, quarantined } = view;
  const { overrideRate, costPerDoneUsd, errors, slaMet, latencyMs, attention } = view;
  const judged = Object.values(view.by.verdict ?? {}).reduce((sum, it) => sum + (it.counts.judged ?? 0), 0);
  const alone = view.by.verdict?.act?.counts.judged ?? 0;
  const { model: costUsd, aws: awsUsd } = view.costUsd;
  return {
    ...{ received, done, refused, rejected, expired, withdrawn, parked, quarantined },
    alone: judged === 0 ? null : Number((alone / judged).toFixed(4)),
    ...{ p50Ms: latencyMs.total?.p50 ?? null, p95Ms: latencyMs.total?.p95 ?? null },
    promisesKept: slaMet,
    ...{ costUsd, awsUsd },
    costPerItemUsd: received === 0 ? null : Number(((costUsd + awsUsd) / received).toFixed(9)),
    ...{ costPerDoneUsd, overrideRate, errors },
    attention: {
      ...{ asked: attention.asked, decided: attention.decided, agreement: attention.agreement },
      ...{ shareFast: attention.shareFast, p50Ms: attention.activeMs.p50 },
      ...{ seconds: attention.activeSeconds, costUsd: attention.costUsd },
    },
  };
}

/** How much more it is than before, as a share of that; null where there is nothing to compare with. */
export function changeOf(now: number | null, before: number | null | undefined): number | null {
  if (now === null || before === null || before === undefined || before === 0) return null;
  return Number(((now - before) / before).toFixed(4));
}
