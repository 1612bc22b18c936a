import { type Owned, ownersOf } from '../contract/approval-settings.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import type { Caller } from '../kit/http.ts';
import { readStanding } from '../tables/batches/files.ts';
import { budgetView, readBudget } from '../tables/control/budgets.ts';
import { cautionView, readCaution } from '../tables/control/caution.ts';
import { holdView, readHold, stateOf } from '../tables/control/hold.ts';
import { failingPolls } from '../tables/control/polls.ts';
import { type ReleasesRow, releasesBeside } from '../tables/releases/releases.ts';
import { servingOf } from '../tables/releases/serving.ts';
import { readReview, reviewView } from '../tables/reviews/reviews.ts';

/** A registry entry with what changes: review due, money spent today, what operators hold. */
export async function automationView(
  entry: RegistryEntry,
  caller: Caller,
  controlTable: string,
  people: Owned,
) {
  const { prompts, versions: ___, lastReviewed: _, reviewEveryDays: __, batches: kept, ...declared } = entry;
  const [spent, caution, hold, review, releases, batches, polls] = await Promise.all([
    readBudget(controlTable, entry.name),
    readCaution(controlTable, entry.name),
    readHold(controlTable, entry.name),
    readReview(controlTable, entry.name),
    releasesBeside(controlTable, entry.name),
    kept && readStanding(controlTable, entry.name),
    caller.operator ? failingPolls(controlTable, entry.name, entry.doors) : [],
  ]);
  const { review: told, ...dates } = reviewView(entry, review);
  const budget = budgetView(entry.budget, spent);
  return {
    ...declared,
    ownerKnown: ownersOf(people, entry.owner).length > 0,
    ...dates,
    ...(told && caller.operator ? { review: told } : {}),
    prompts: promptsOf(prompts, releases),
    budget,
    state: stateOf(hold, budget),
    hold: holdView(hold, caller.operator),
    caution: cautionView(caution, caller.operator),
    ...(batches ? { batches } : {}),
    ...(polls.length > 0 ? { polls } : {}),
    links: { self: `/v1/automations/${entry.name}`, items: `/v1/automations/${entry.name}/items` },
  };
}

/** What serves each step, and beside it what is tried. */
function promptsOf(declared: RegistryEntry['prompts'], row: ReleasesRow | undefined) {
  const { running } = row ?? {};
  return Object.entries(servingOf(declared, row)).flatMap(([step, { prompt: version }]) => [
    { step, version, release: 'stable' as const },
    ...(running?.step === step
      ? [{ step, version: running.candidate.prompt, release: running.mode, share: running.share }]
      : []),
  ]);
}
