import type { Automation } from '../../contract/automation.ts';
import type { BatchFile } from '../../tables/batches/files.ts';
import type { BatchRequest } from '../../tables/batches/requests.ts';
import { cutoffOf, hasGathered, isOffPeak } from './times.ts';

/*
 * A run that looks every minute pays for three states each time. Where nothing can happen before the schedule begins the next run, it ends.
 */

/** In pauses of a run: as often the schedule begins one, and as long a file is young, of which much is heard. */
export const PAUSES = 15;
const MINUTE_MS = 60_000;

export interface Standing {
  open: readonly BatchRequest[];
  files: readonly BatchFile[];
  automation: Pick<Automation, 'steps' | 'maxConcurrency'>;
  pauseMs: number;
  gatherMs: number;
  now: number;
}

/** Whether the next look of this run may find something to do. */
export function hasSoon({ open, files, ...at }: Standing): boolean {
  // The schedule may be late by a pause.
  const until = at.now + (PAUSES + 1) * at.pauseMs;
  // Of thousands of requests only the steps differ, and what time it is in a time zone takes long to tell.
  const steps = new Set(open.map(({ step }) => step));
  const opening = new Set([...steps].filter((step) => opens(windowOf(step, at), at.now, until)));
  return (
    files.some((file) => isFileSoon(file, until, at)) ||
    open.some((it) => isSoon(it, { others: open.length, until, isOpening: opening.has(it.step) }, at))
  );
}

type At = Omit<Standing, 'open' | 'files'>;

function isFileSoon(file: BatchFile, until: number, { automation, pauseMs, now }: At): boolean {
  const { state, cancelledAt, givenUpAt, dueAt, madeAt, requests, done = 0 } = file;
  if (state === 'intent' || now - madeAt < PAUSES * pauseMs) return true;
  // Nobody waits for it any more.
  if (givenUpAt !== undefined) return false;
  const others = Math.max(0, requests - done);
  const cutoff = cutoffOf({ dueAt, askedAt: madeAt }, { others, places: automation.maxConcurrency });
  return cancelledAt !== undefined || cutoff <= until;
}

const windowOf = (step: string, { automation }: At) => automation.steps?.[step]?.batch?.offPeak;

interface Soon {
  others: number;
  until: number;
  /** Files with requests of its step are submitted at some minute until then. */
  isOpening: boolean;
}

function isSoon(
  request: BatchRequest,
  { others, until, isOpening }: Soon,
  { automation, gatherMs }: At,
): boolean {
  if (request.state !== 'open') return true;
  if (cutoffOf(request, { others, places: automation.maxConcurrency }) <= until) return true;
  return isOpening && hasGathered(request, gatherMs, until);
}

/** Whether files are submitted at any minute until then. */
function opens(window: Parameters<typeof isOffPeak>[0], now: number, until: number): boolean {
  for (let at = now; at < until + MINUTE_MS; at += MINUTE_MS)
    if (isOffPeak(window, Math.min(at, until))) return true;
  return false;
}
