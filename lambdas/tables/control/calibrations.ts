import { get, put } from '../../kit/dynamo/rows.ts';

/** How often answers with such a raw confidence were right. Control row `calibration#…`. */
export interface Calibration {
  id: string;
  madeAt: string;
  /** Rising: from `above` on, this share of `count` answers was right. */
  bins: readonly { above: number; share: number; count: number }[];
}

export function readCalibration(table: string, id: string): Promise<Calibration | undefined> {
  return get(table, id, { eventual: true });
}

export async function writeCalibration(table: string, calibration: Calibration): Promise<void> {
  await put(table, calibration);
}
