import type { EndedRelease, Release, Serving } from '../../contract/steps/release.ts';

/* What a release has to do with an item that was asked at some moment, as far as an automation's last releases tell. */

/** With which prompt a step was asked last, and when it was asked first. */
export interface Begun {
  prompt: string;
  at: string;
}

export interface Known {
  running?: Release | undefined;
  /** The newest first. */
  ended?: readonly EndedRelease[] | undefined;
  /** What serves the step now, but for what is tried. */
  stable: Serving;
}

/** Whether an item is one that a release chose for its candidate. */
type Chosen = (release: Release) => boolean;

/** Functions hear of an end so much later, calls that are under way among them. */
const LATE_MS = 60_000;

/**
 * Whether the item met a candidate that was rolled back, and which model was wanted first when it was asked: the lineage names who answered,
 * which may have been another. Where nobody can tell, none was.
 */
export function metThen(
  step: string,
  begun: Begun,
  { running, ended = [], stable }: Known,
  chosen: Chosen,
): { isTakenBack: boolean; model?: Serving['model'] } {
  const of = ended.filter((it) => it.step === step);
  const all: (Release | EndedRelease)[] = [...(running?.step === step ? [running] : []), ...of];
  const then = all.find((it) => it.at <= begun.at && begun.at < (endOf(it)?.at ?? FOREVER));
  const late = of.find((it) => isTakenBack(it) && isJustOver(it, begun.at) && isOwn(it, begun.prompt));
  const met = then ?? late;
  if (!met) {
    // What was stable when the next one began had served before it.
    const next = all.findLast((it) => it.at > begun.at)?.stable ?? stable;
    return { isTakenBack: false, ...modelOf(next, begun) };
  }
  const isCandidate = met.mode !== 'shadow' && (servedAll(met, begun.at) || isChosenFor(met, begun, chosen));
  const side = isCandidate ? met.candidate : met.stable;
  if (!isCandidate || !isTakenBack(met)) return { isTakenBack: false, ...modelOf(side, begun) };
  return { isTakenBack: isOwn(met, begun.prompt), ...modelOf(met.stable, begun) };
}

const FOREVER = '~';

const endOf = (release: Release | EndedRelease) => ('end' in release ? release.end : undefined);
const isTakenBack = (release: Release | EndedRelease) => endOf(release)?.as === 'rolled-back';
/** Its candidate has a prompt that the stable side has not. */
const isOwn = ({ candidate, stable }: Release, prompt: string) =>
  candidate.prompt === prompt && stable.prompt !== prompt;

function isJustOver({ end }: EndedRelease, at: string): boolean {
  const after = Date.parse(at) - Date.parse(end.at);
  return after >= 0 && after < LATE_MS;
}

function servedAll(release: Release | EndedRelease, at: string): boolean {
  const { promotedAt } = endOf(release) ?? {};
  return promotedAt !== undefined && at >= promotedAt;
}

/** By the prompt, where both sides have one of their own; a model alone is told by who was chosen. */
function isChosenFor(release: Release, { prompt }: Begun, chosen: Chosen): boolean {
  const { candidate, stable } = release;
  return candidate.prompt === stable.prompt ? chosen(release) : prompt === candidate.prompt;
}

/** What was wanted for another prompt was not wanted for this one. */
function modelOf({ prompt, model }: Serving, begun: Begun): { model?: NonNullable<Serving['model']> } {
  return model && prompt === begun.prompt ? { model } : {};
}
