/** How a step of low-priority items is asked at a lower price, where somebody else chooses when. */
export interface BatchPolicy {
  /** From the item's arrival until this step has its answer, such as `6h` or `90m`; an hour at least. */
  sla: string;
  /**
   * `batch`: many requests in one file, answered within hours. `flex`: one by one and at once, at the same price, as long as the
   * endpoint has room to spare. @default 'batch'
   */
  tier?: 'batch' | 'flex';
  /** When files are submitted, such as at night. What would be late by then is asked at once all the same. @default at any time */
  offPeak?: OffPeak;
}

/** Every day between two times of a time zone; past midnight where the second one is the earlier. */
export interface OffPeak {
  from: string;
  to: string;
  timeZone: string;
}

/** Milliseconds of an `sla`; undefined where it is none. */
export function slaMs(sla: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})(h|m)$/.exec(sla) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'h' ? 3_600_000 : 60_000);
}

/** Whether low-priority items of a step wait for files. `flex` is asked at once, and needs nothing of this. */
export function hasBatches({
  steps = {},
}: {
  steps?: Readonly<Record<string, { batch?: BatchPolicy }>>;
}): boolean {
  return Object.values(steps).some(({ batch }) => batch !== undefined && batch.tier !== 'flex');
}
