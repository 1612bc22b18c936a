import type { EndedRelease, Release, Serving } from '../../contract/steps/release.ts';
import type { ReleasesRow } from '../../tables/releases/releases.ts';

/** Whether an item is one that a release chose for its candidate. */
type Chosen = (release: Release) => boolean;

/**
 * Which model was wanted first for a step when an item was asked then, so that it is wanted again: the lineage names who answered, which may
 * have been another. Undefined where none was wanted, where that is longer ago than is known, and where the item met a candidate that was
 * rolled back.
 */
export function modelThen(
  { running, ended = [] }: Pick<ReleasesRow, 'running' | 'ended'>,
  step: string,
  at: string,
  chosen: Chosen,
): Serving['model'] {
  const before = ended.filter((it) => it.step === step && it.at <= at);
  if (running?.step === step && running.at <= at) return sideOf(running, chosen).model;
  // The newest first.
  const [last] = before;
  if (!last) return undefined;
  if (at >= last.end.at) return last.end.as === 'promoted' ? last.candidate.model : last.stable.model;
  const side = at >= (last.end.promotedAt ?? last.end.at) ? last.candidate : sideOf(last, chosen);
  return isTakenBack(last) ? last.stable.model : side.model;
}

const isTakenBack = ({ end }: EndedRelease) => end.as === 'rolled-back';

function sideOf(release: Release, chosen: Chosen): Serving {
  return release.mode !== 'shadow' && chosen(release) ? release.candidate : release.stable;
}
