import * as z from 'zod';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import { contentTypesOf, MOST_DOCUMENTS } from '../../lambdas/contract/document.ts';
import { doorNames } from '../../lambdas/contract/intake/doors.ts';
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
    ...documentsOf(automation),
    ...(automation.repair ? { repair: { model: automation.repair.model ?? false } } : {}),
    doors: doorNames(automation),
    ...(automation.lanes ? { lanes: automation.lanes } : {}),
    ...(automation.early ? { early: Object.keys(automation.early.facts) } : {}),
    ...(automation.promise ? { promise: automation.promise } : {}),
    schema: schemaOf(automation),
    ...(automation.reference === undefined ? {} : { reference: automation.reference }),
  };
}

function documentsOf({ documents }: Automation): Pick<RegistryEntry, 'documents'> {
  if (!documents) return {};
  const { types, mostBytes, mostPages, most = MOST_DOCUMENTS, languages = ['eng'] } = documents;
  return { documents: { types, contentTypes: contentTypesOf(types), mostBytes, mostPages, most, languages } };
}

/** The shape of a whole body: the automation's own fields, and the documents beside them. */
function schemaOf({ schema, documents }: Automation): object {
  const own = z.toJSONSchema(schema, { io: 'input' });
  if (!documents) return own;
  const field = {
    type: 'array',
    description: "The 'documentRef' of each upload that the item comes with",
    maxItems: documents.most ?? MOST_DOCUMENTS,
    items: { type: 'string', pattern: '^doc-[0-9a-f]{32}$' },
  };
  return { ...own, properties: { ...own.properties, documents: field } };
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
