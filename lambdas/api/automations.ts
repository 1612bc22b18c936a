import type { RegistryEntry } from '../contract/registry.ts';
import { clock, DAY_SECONDS } from '../kit/clock.ts';
import type { Caller } from '../kit/http.ts';
import { budgetView, readBudget } from '../tables/control/budgets.ts';
import { cautionView, readCaution } from '../tables/control/caution.ts';
import { holdView, readHold, stateOf } from '../tables/control/hold.ts';

/** A registry entry with what changes: review due, money spent today, what operators hold. */
export async function automationView(entry: RegistryEntry, caller: Caller, controlTable: string) {
  const { prompts, reviewEveryDays, ...declared } = entry;
  const [spent, caution, hold] = await Promise.all([
    readBudget(controlTable, entry.name),
    readCaution(controlTable, entry.name),
    readHold(controlTable, entry.name),
  ]);
  const budget = budgetView(entry.budget, spent);
  return {
    ...declared,
    reviewEveryDays,
    reviewOverdue: clock.now() > Date.parse(entry.lastReviewed) + reviewEveryDays * DAY_SECONDS * 1000,
    prompts: Object.entries(prompts).map(([step, version]) => ({ step, version, release: 'stable' })),
    budget,
    state: stateOf(hold, budget),
    hold: holdView(hold, caller.operator),
    caution: cautionView(caution, caller.operator),
    links: { self: `/v1/automations/${entry.name}`, items: `/v1/automations/${entry.name}/items` },
  };
}
