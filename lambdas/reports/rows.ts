import type { Bounded, Summary } from './summary.ts';
import { AS_BEFORE, change, percent, pointsOf, time, usd, whole } from './words.ts';

/** A figure of a week, that of the week before, and how it changed. */
export interface Row {
  name: string;
  now: string;
  before: string;
  change: string;
  /** Whether it is another one than before. */
  changed: boolean;
  /** Of an estimate: within which bounds, and of how many. */
  note?: string;
}

/** The figures of a report, in the order in which they are read; what nobody measured is left out. */
export function rowsOf(now: Summary, before: Summary): Row[] {
  const row = <T extends number | null>(
    name: string,
    of: (it: Summary) => T,
    as: (value: T) => string,
    changed: (now: T, before: T) => string = change,
  ): Row[] => {
    const [is, was] = [of(now), of(before)];
    if (is === null && was === null) return [];
    const difference = changed(is, was);
    const isOther = difference !== '' && difference !== AS_BEFORE;
    return [{ name, now: as(is), before: as(was), change: difference, changed: isOther }];
  };
  return [
    ...row('Received', (it) => it.received, whole),
    ...row('Done', (it) => it.done, whole),
    ...row('Refused or rejected', (it) => it.refused + it.rejected, whole),
    ...row('Parked or quarantined', (it) => it.parked + it.quarantined, whole),
    ...row('Acted alone', (it) => it.alone, percent, pointsOf),
    ...row('Half within', (it) => it.p50Ms, time),
    ...row('95 of 100 within', (it) => it.p95Ms, time),
    ...row('Promises kept', (it) => it.promisesKept, percent, pointsOf),
    ...row('Models', (it) => it.costUsd, usd),
    ...row('AWS, estimated', (it) => it.awsUsd ?? null, usd),
    ...row('For each done', (it) => it.costPerDoneUsd, usd),
    ...row('Overridden', (it) => it.overrideRate, percent, pointsOf),
    ...row('Right, by audits', (it) => it.auditPrecision?.value ?? null, percent, pointsOf).map((it) => ({
      ...it,
      note: estimateWords(now.auditPrecision, before.auditPrecision),
    })),
    ...row('People asked', (it) => it.attention.asked, whole),
    ...row("People's time", (it) => it.attention.costUsd, usd),
    ...row('Decided fast', (it) => it.attention.shareFast, percent, pointsOf),
  ];
}

function estimateWords(now: Bounded | undefined, before: Bounded | undefined): string {
  const of = ({ low, high, n }: Bounded) => `${percent(low)} to ${percent(high)}, of ${whole(n)}`;
  return [...(now ? [of(now)] : []), ...(before ? [`before ${of(before)}`] : [])].join('; ');
}

/** What it says in one line, for a subject or a heading. */
export function headline({ received, done, alone, costUsd }: Summary): string {
  const by = alone === null ? '' : `, ${percent(alone)} acted alone`;
  return `${whole(received)} received, ${whole(done)} done${by}, models ${usd(costUsd)}`;
}
