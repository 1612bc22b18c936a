import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { budgetKey } from '../shared/budget-key.ts';
import { dynamo } from '../shared/clients.ts';
import { clock, DAY_SECONDS } from '../shared/clock.ts';
import type { RegistryEntry } from '../shared/registry.ts';

/** A registry entry with what is only known now: whether its review is due, and what it has spent today. */
export async function automationView(entry: RegistryEntry, controlTable: string) {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: controlTable, Key: { id: budgetKey(entry.name) } }),
  );
  const spentTodayUsd = Number(Item?.spentMicroUsd ?? 0) / 1_000_000;
  const { prompts, budget, reviewEveryDays, ...declared } = entry;
  return {
    ...declared,
    reviewEveryDays,
    reviewOverdue: clock.now() > Date.parse(entry.lastReviewed) + reviewEveryDays * DAY_SECONDS * 1000,
    prompts: Object.entries(prompts).map(([step, version]) => ({ step, version, release: 'stable' })),
    budget: { ...budget, spentTodayUsd },
    state: 'running',
    links: { self: `/v1/automations/${entry.name}`, items: `/v1/automations/${entry.name}/items` },
  };
}
