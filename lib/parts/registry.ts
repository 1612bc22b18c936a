import * as z from 'zod';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';

/** An automation's declaration as data: what the API tells of it, without any of its code. */
export function registryEntry(automation: Automation): RegistryEntry {
  const { name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays } = automation;
  const { labels, prompts, budget, examples } = automation;
  return {
    ...{ name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays },
    ...{ labels, prompts, budget, examples: examples as readonly object[] },
    actions: Object.entries(automation.actions).map(([action, { destination, risk, reversible }]) => ({
      ...{ name: action, destination, risk, reversible },
    })),
    limits: Object.fromEntries(
      Object.entries(automation.actions).flatMap(([action, { limits }]) =>
        limits ? [[action, limitsOf(limits)]] : [],
      ),
    ),
    schema: z.toJSONSchema(automation.schema, { io: 'input' }),
    ...(automation.reference === undefined ? {} : { reference: automation.reference }),
  };
}

/** What names a subject is code, and no data. */
function limitsOf({ perSubject, perDay, perRecipient }: NonNullable<Action['limits']>) {
  const { key: _, ...subject } = perSubject ?? {};
  return {
    ...(perSubject ? { perSubject: subject } : {}),
    ...(perDay ? { perDay } : {}),
    ...(perRecipient ? { perRecipient: { days: 1, ...perRecipient } } : {}),
  };
}
