import { JUDGED, type Judged, type JudgedAlarm } from '../../contract/alarms/alarms.ts';
import type { Standing } from '../../tables/alarms/watch.ts';

/** Something that is wrong now, or was a moment ago. */
export interface Condition {
  name: JudgedAlarm;
  /** What it is about, as the mail's subject says it: `signalbox-prod-refund-request`. */
  where: string;
  automation?: string;
  /** ISO 8601: when it was found for the last time. */
  at: string;
  /** With the figures. */
  reason: string;
  /** @default what its alarm says */
  impact?: string;
  /** @default what its alarm says */
  lastsMinutes?: number;
  /** How often it had been told of before it began. */
  before?: number;
}

/** As an alarm is called. */
export const alarmOf = ({ where, name }: Pick<Condition, 'where' | 'name'>): string => `${where}: ${name}`;

const MINUTE = 60_000;

/** Whether it has lasted for so long that it is an alarm. */
export function lasts({ name, at, lastsMinutes }: Condition, { since }: Standing): boolean {
  const judged: Judged = JUDGED[name];
  const minutes = lastsMinutes ?? judged.lastsMinutes ?? 0;
  return Date.parse(at) - Date.parse(since) >= minutes * MINUTE;
}
