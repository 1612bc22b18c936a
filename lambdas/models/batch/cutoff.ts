import type { BatchFile } from '../../tables/batches/files.ts';
import type { Keeping } from './keeper.ts';
import { cutoffOf } from './times.ts';

/** From when on what a file has not answered is asked at once: all of that together takes its time. */
export function cutoffOfFile(
  { automation }: Keeping,
  { dueAt, madeAt, requests, done = 0 }: Pick<BatchFile, 'dueAt' | 'madeAt' | 'requests' | 'done'>,
): number {
  const others = Math.max(0, requests - done);
  return cutoffOf({ dueAt, askedAt: madeAt }, { others, places: automation.maxConcurrency });
}
