import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KeptRehearsal } from '../../contract/steps/rehearsal.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
import { releasesKey } from '../keys.ts';

/** The last rehearsals of an automation that were kept, the newest first: one row. */
interface RehearsalsRow {
  id: string;
  /** Grows with each: of two at once one is refused. */
  version: number;
  /** Packed JSON of each. */
  kept: readonly Uint8Array[];
}

/** A prompt is chosen between a few candidates. */
const MOST_KEPT = 5;
/** Five of them stay below the 400 kB that a row may have. A thousand changes take 40 to 60 kB. */
export const MOST_PACKED_BYTES = 70_000;

export async function readRehearsals(table: string, automation: string): Promise<KeptRehearsal[]> {
  const row = await get<RehearsalsRow>(table, releasesKey(automation, 'rehearsed'), { eventual: true });
  return (row?.kept ?? []).map((packed) => JSON.parse(inflateRawSync(packed).toString()));
}

/** As it is kept; undefined where it is too large. */
export function packed(rehearsal: KeptRehearsal): Uint8Array | undefined {
  const bytes = deflateRawSync(JSON.stringify(rehearsal));
  return bytes.length > MOST_PACKED_BYTES ? undefined : bytes;
}

/** False where somebody else keeps one at this moment. */
export async function keepRehearsal(table: string, automation: string, one: Uint8Array): Promise<boolean> {
  const id = releasesKey(automation, 'rehearsed');
  const before = await get<RehearsalsRow>(table, id);
  const { version = 0, kept = [] } = before ?? {};
  const row: RehearsalsRow = { id, version: version + 1, kept: [one, ...kept].slice(0, MOST_KEPT) };
  const when = before ? is<keyof RehearsalsRow>('version', version) : absent<keyof RehearsalsRow>('id');
  return put(table, row, when);
}
