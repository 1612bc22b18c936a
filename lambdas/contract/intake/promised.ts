/* What an automation promises to callers, and when it would rather stand still. */

export interface Promised {
  /** Minutes within which an item of normal priority is begun. From half of them on low-priority work gives way. */
  normalMinutes: number;
  /** Share of the day's budget, from 0 to 1, after which low-priority work gives way. @default 0.8 */
  budgetForLow?: number;
  /** `shed` turns such work away, `defer` keeps it for later. @default 'defer' */
  whenBroken?: 'defer' | 'shed';
  /**
   * By label, how many minutes after it came an item has ended; with `calendar`, of that calendar's working time. Of items without a label
   * yet the longest counts. Low priority is promised nothing. @default no end is promised
   */
  byLabel?: Readonly<Record<string, { minutes: number; calendar?: string }>>;
}

/** Of the items that ended or were parked in this hour and the one before. */
export interface SuspendAt {
  /** More than this share of them is parked; above 0, below 1. */
  parkedShare: number;
  /** Of fewer nobody can tell; from 10. */
  ofAtLeast: number;
}
