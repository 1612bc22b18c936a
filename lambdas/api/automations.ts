import { readBudget } from '../shared/budget-row.ts';
import { clock, DAY_SECONDS } from '../shared/clock.ts';
import type { RegistryEntry } from '../shared/registry.ts';
import { budgetView } from './budgets.ts';

/** A registry entry with what is only known now: whether its review is due, and what it has spent today. */
export async function automationView(entry: RegistryEntry, controlTable: string) {
  const { prompts, reviewEveryDays, ...declared } = entry;
  const budget = budgetView(entry.budget, await readBudget(controlTable, entry.name));
  return {
    ...declared,
    reviewEveryDays,
    reviewOverdue: clock.now() > Date.parse(entry.lastReviewed) + reviewEveryDays * DAY_SECONDS * 1000,
    prompts: Object.entries(prompts).map(([step, version]) => ({ step, version, release: 'stable' })),
    budget,
    state: budget.suspended ? 'suspended' : 'running',
    links: { self: `/v1/automations/${entry.name}`, items: `/v1/automations/${entry.name}/items` },
  };
}
