import type { EndedRelease, Release, Serving } from '../../contract/steps/release.ts';
import { clock } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
import { releasesKey } from '../keys.ts';

/** What runs, what serves instead of the declaration, and what was: one row for each automation. */
export interface ReleasesRow {
  id: string;
  /** Grows with each change: of two at once one is refused. */
  version: number;
  running?: Release;
  /** By step. It counts for as long as the declaration names the prompt that it took the place of. */
  promoted?: Readonly<Record<string, Serving & { over: string }>>;
  /** The newest first. */
  ended?: readonly EndedRelease[];
}

const MOST_ENDED = 20;

export function readReleases(table: string, automation: string): Promise<ReleasesRow | undefined> {
  return get(table, releasesKey(automation));
}

/** The same, read together with what else is asked for at this moment. */
export function releasesBeside(table: string, automation: string): Promise<ReleasesRow | undefined> {
  return getTogether(table, releasesKey(automation));
}

/** False where somebody else changed it meanwhile. */
export function writeReleases(
  table: string,
  automation: string,
  before: ReleasesRow | undefined,
  change: Omit<ReleasesRow, 'id' | 'version'>,
): Promise<boolean> {
  const { version = 0 } = before ?? {};
  const ended = change.ended?.slice(0, MOST_ENDED);
  const row: ReleasesRow = {
    ...change,
    ...(ended ? { ended } : {}),
    ...{ id: releasesKey(automation), version: version + 1 },
  };
  const when = before ? is<keyof ReleasesRow>('version', version) : absent<keyof ReleasesRow>('id');
  return put(table, row, when);
}

/** An instance believes for so long what it has read: so late it hears of a rollback. */
export const RELEASES_KEPT_MS = 5000;

const kept = new Map<string, { at: number; row: Promise<ReleasesRow | undefined> }>();

/** The row by a look that may be five seconds old. */
export function releasesNow(table: string, automation: string): Promise<ReleasesRow | undefined> {
  const key = `${table} ${automation}`;
  const before = kept.get(key);
  // A clock that was set back must not keep what it knows for longer.
  const age = before ? clock.now() - before.at : -1;
  if (before && age >= 0 && age < RELEASES_KEPT_MS) return before.row;
  const row = releasesBeside(table, automation);
  kept.set(key, { at: clock.now(), row });
  row.catch(() => kept.delete(key));
  return row;
}
