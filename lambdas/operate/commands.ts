import { type Answers, dispatch } from '../api/door/dispatch.ts';
import type { DeclarationOf } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import type { ModelChoice } from '../contract/steps/release.ts';
import type { ApiEvent, Caller, Reply } from '../kit/http.ts';
import { calibrateReply } from './calibrate.ts';
import { compensateReply } from './compensate.ts';
import { moveReply, removeReply } from './dead-letters/change.ts';
import { messagesReply, queuesReply } from './dead-letters/look.ts';
import { forceReply } from './force.ts';
import { cautionReply } from './hold/caution.ts';
import { drainReply, suspendReply } from './hold/hold.ts';
import { redrivesReply } from './redrive/many.ts';
import { redriveReply } from './redrive/redrive.ts';
import { redriveStateReply, runningReply, stopReply } from './redrive/standing.ts';
import { rehearsalReply } from './release/rehearsal.ts';
import { promoteReply, releaseReply, releasesReply, rollbackReply } from './release/replies.ts';
import { resumeReply } from './resume.ts';
import { referenceReply } from './review/reference.ts';
import { reviewReply } from './review/review.ts';
import { similarLearntReply, similarReply } from './similar/replies.ts';
import { surrogateReply, surrogateSwitchReply } from './surrogates/replies.ts';
import { withdrawReply } from './withdraw/withdraw.ts';

/** What callers change with a token. Each command is in the audit before it is carried out. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  env: EnvFor<'operate/commands'>,
  neighbours: readonly NeighbourName[],
  declarationOf: DeclarationOf = async () => undefined,
  models: readonly ModelChoice[] = [],
): Promise<Reply> {
  const answers: Answers<'operate/commands'> = {
    withdraw: (asked) => withdrawReply(asked, env),
    redrive: (asked) => redriveReply(asked, { registry, declarationOf }, env),
    redrives: (asked) => redrivesReply(asked, registry, env),
    redriveState: (asked) => redriveStateReply(asked, env),
    redrivesRunning: (asked) => runningReply(asked, env),
    redriveStop: (asked) => stopReply(asked, env),
    suspend: (asked) => suspendReply(asked, env),
    drain: (asked) => drainReply(asked, env),
    resume: (asked) => resumeReply(asked, env),
    caution: (asked) => cautionReply(asked, env),
    similarLearnt: (asked) => similarLearntReply(asked, declarationOf, env),
    similar: (asked) => similarReply(asked, declarationOf, env),
    reference: (asked) => referenceReply(asked, env),
    review: (asked) => reviewReply(asked, env),
    releases: (asked) => releasesReply(asked, env),
    release: (asked) => releaseReply(asked, models, env),
    promote: (asked) => promoteReply(asked, env),
    rollback: (asked) => rollbackReply(asked, env),
    rehearsal: (asked) => rehearsalReply(asked, env),
    calibrate: (asked) => calibrateReply(asked, env),
    surrogate: (asked) => surrogateReply(asked, declarationOf, env),
    surrogateSwitch: (asked) => surrogateSwitchReply(asked, declarationOf, env),
    compensate: (asked) => compensateReply(asked, registry, env),
    deadLetters: () => queuesReply(registry, env),
    deadLettersOf: (asked) => messagesReply(asked, registry, env),
    deadLettersRedrive: (asked) => moveReply(asked, registry, env),
    deadLettersDelete: (asked) => removeReply(asked, registry, env),
    force: (asked) => forceReply(asked, neighbours, env),
  };
  return dispatch('operate/commands', answers, event, caller, registry);
}
