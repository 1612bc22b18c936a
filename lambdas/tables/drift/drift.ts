import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
import type { ValueShare } from '../../kit/numbers/shift.ts';
import { driftKey } from '../keys.ts';
import type { Pinned } from './pinned.ts';

/* What was found when the last week of an automation was last compared with the weeks before: facts, and no content of an item. */

/** Distributions that are compared. */
export const MEASURES = [
  ...(['label', 'verdict', 'door', 'language', 'length', 'confidence'] as const),
  ...(['override', 'fallback', 'cache'] as const),
] as const;
export type Measure = (typeof MEASURES)[number];

/** A part of the items, by one dimension. */
export interface Slice {
  by: 'door' | 'label' | 'client';
  value: string;
}

interface Compared {
  items: { before: number; now: number };
  shifted: boolean;
}

export interface Mix extends Compared {
  measure: Measure;
  /** Absent of all items. */
  slice?: Slice;
  psi: number;
  shares: readonly ValueShare[];
}

/** A percentile: of a stage's time, of the time in all, of the wait in the queue (milliseconds), or of what an item costs (US dollars). */
export interface Height extends Compared {
  measure: 'total' | 'queue' | 'cost' | `stage ${string}`;
  percent: 50 | 95;
  before: number;
  now: number;
}

export type Finding = Mix | Height;

/** What is to be done about it. */
export type Step = 'recalibrate' | 'retrain' | 'slice' | 'models' | 'stage';

/** One that stands, or may begin. */
export interface Shift {
  key: string;
  /** The first day on which it was found. */
  since: string;
  /** On how many days it was found, and on how many in a row it was not found since. */
  days: number;
  quiet: number;
  /** It was found often enough in a row to be told of. */
  told: boolean;
  step: Step;
  words: string;
  finding: Finding;
}

export interface Drift {
  /** Compared on this day (UTC): the seven days before it. */
  day: string;
  judgedAt: string;
  /** Held against these weeks, as an operator wanted it. */
  pinned?: Pinned;
  shifts: readonly Shift[];
  /** Those that ended, the newest first. */
  past: readonly (Pick<Shift, 'key' | 'since' | 'words'> & { slice?: Slice; until: string })[];
  /** All items' distributions and percentiles; slices only where they shifted. */
  findings: readonly Finding[];
}

interface DriftRow {
  id: string;
  version: number;
  day: string;
  /** Packed JSON. */
  drift: Uint8Array;
  /** Seconds since 1970; the table's time to live. */
  expiresAt: number;
}

/** Of an automation that is not compared any more. */
const KEPT_DAYS = 400;

export interface KnownDrift {
  version: number;
  drift: Drift | undefined;
}

export async function readDrift(table: string, automation: string): Promise<KnownDrift> {
  const row = await get<DriftRow>(table, driftKey(automation));
  return {
    version: row?.version ?? 0,
    drift: row && (JSON.parse(inflateRawSync(row.drift).toString()) as Drift),
  };
}

/** @returns whether nobody else has written since `known` was read */
export function writeDrift(
  table: string,
  automation: string,
  { version }: KnownDrift,
  drift: Omit<Drift, 'judgedAt'>,
): Promise<boolean> {
  const row: DriftRow = {
    ...{ id: driftKey(automation), version: version + 1, day: drift.day },
    drift: deflateRawSync(JSON.stringify({ ...drift, judgedAt: isoNow() } satisfies Drift)),
    expiresAt: epochSeconds(KEPT_DAYS * DAY_SECONDS),
  };
  return put(
    table,
    row,
    version === 0 ? absent<keyof DriftRow>('id') : is<keyof DriftRow>('version', version),
  );
}
