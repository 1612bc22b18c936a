import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the emulator works; what is to be kept is in the snapshots. */
export interface Working {
  state: string;
  s3: string;
}

/** What a start begins with. */
export interface Restored {
  /** When the snapshot was taken that the state is of; undefined before the first one. */
  at?: Date;
  /** Since when something was changed that the snapshot does not hold: the run was killed. */
  missingSince?: Date;
}

export const snapshotsIn = (stateDir: string) => join(stateDir, 'snapshots');

/**
 * Makes the working folders anew from the newest whole snapshot (`local/snapshots.py` makes them): what a
 * run left there that was killed is half of something.
 */
export async function restoreSnapshot(stateDir: string, working: Working): Promise<Restored> {
  const folder = snapshotsIn(stateDir);
  const adopts = !existsSync(folder);
  // A version before the snapshots saved at a clean stop alone. A bucket without its stack comes of a kill.
  if (adopts && !existsSync(join(working.state, 'cloudformation.json'))) await empty(working);
  if (adopts) {
    await adopt(folder, working);
    return {};
  }
  const names = await readdir(folder);
  const unfinished = names.filter((name) => name.endsWith('.part'));
  await Promise.all(unfinished.map((name) => remove(join(folder, name))));
  await empty(working);
  const newest = Math.max(...names.filter((name) => /^\d+$/.test(name)).map(Number), 0);
  const mark = join(folder, `${newest}.changed`);
  const changed = await stat(mark).catch(() => undefined);
  // From here on nothing has changed since that snapshot.
  await rm(mark, { force: true });
  if (newest === 0) return changed ? { missingSince: changed.mtime } : {};
  const snapshot = join(folder, String(newest));
  await linkTree(join(snapshot, 'state'), working.state);
  await linkTree(join(snapshot, 's3'), working.s3);
  const at = (await stat(snapshot)).mtime;
  return { at, ...(changed && { missingSince: changed.mtime }) };
}

/** For people: what a run that was killed may have lost; undefined where that is nothing. */
export function whatIsMissing({ at, missingSince }: Restored, now = new Date()): string | undefined {
  if (!missingSince) return undefined;
  const lost = `what was accepted after that may be missing: send it again under the same key, what is there is not done twice`;
  if (!at) return 'the last run was killed before its first snapshot: this one begins with nothing';
  return `the last run was killed: this one goes on with its snapshot of ${clockTime(at)} (${age(now.getTime() - at.getTime())} ago); ${lost}`;
}

function clockTime(at: Date): string {
  return at.toLocaleTimeString('sv-SE');
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** The state of a clean stop becomes the first snapshot. */
async function adopt(folder: string, working: Working): Promise<void> {
  if (!existsSync(join(working.state, 'cloudformation.json'))) {
    await mkdir(folder, { recursive: true });
    return;
  }
  const draft = `${folder}.${process.pid}.part`;
  await linkTree(working.state, join(draft, '1', 'state'));
  await linkTree(working.s3, join(draft, '1', 's3'));
  await rename(draft, folder);
}

async function empty({ state, s3 }: Working): Promise<void> {
  await Promise.all([state, s3].map(remove));
  await Promise.all([state, s3].map((path) => mkdir(path, { recursive: true })));
}

/** A copy of the last run's emulator may still write into what is removed, for a moment. */
function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Nothing here changes a file in place: each is replaced, so that the snapshot keeps its own. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target);
  }
}
