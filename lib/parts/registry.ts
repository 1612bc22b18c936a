import * as z from 'zod';
import type { Action, Automation, SubjectLimit } from '../../lambdas/contract/automation.ts';
import { contentTypesOf, MOST_DOCUMENTS } from '../../lambdas/contract/document.ts';
import { doorNames } from '../../lambdas/contract/intake/doors.ts';
import type { Outline, RegistryEntry } from '../../lambdas/contract/registry.ts';
import { hasBatches } from '../../lambdas/contract/steps/batch.ts';
import { folderOf } from '../automation/automation-folder.ts';
import { promptsIn } from '../automation/prompts.ts';

/** As much as pages with rows of many automations tell of each. */
export function outlineOf({ name, approval, documents, audit, promise }: Automation): Outline {
  const { calendar, attentionChecks } = approval;
  return {
    ...{ name, documents: documents !== undefined },
    timed: promise?.byLabel !== undefined || attentionChecks !== undefined,
    ...(calendar === undefined ? {} : { calendar }),
    ...(audit ? { auditors: audit.group } : {}),
  };
}

/** An automation's declaration as data: what the API tells of it, without any of its code. */
export function registryEntry(automation: Automation): RegistryEntry {
  const { name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays } = automation;
  const { labels, prompts, budget, examples } = automation;
  return {
    ...{ name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays },
    ...{ labels, prompts, budget, examples: examples as readonly object[] },
    versions: Object.keys(promptsIn(folderOf(name))),
    actions: Object.entries(automation.actions).map(([action, declared]) => {
      const { destination, risk, reversible, compensate } = declared;
      const back = compensate ? { compensate: compensate.action } : {};
      return { name: action, destination, connector: connectorOf(declared), risk, reversible, ...back };
    }),
    limits: Object.fromEntries(
      Object.entries(automation.actions).flatMap(([action, { limits }]) =>
        limits ? [[action, limitsOf(limits)]] : [],
      ),
    ),
    ...documentsOf(automation),
    ...(automation.repair ? { repair: { model: automation.repair.model ?? false } } : {}),
    ...lookupsOf(automation),
    ...collectionsOf(automation),
    ...agentsOf(automation),
    doors: doorNames(automation),
    ...(automation.lanes ? { lanes: automation.lanes } : {}),
    ...(automation.early ? { early: Object.keys(automation.early.facts) } : {}),
    ...(hasBatches(automation) ? { batches: true as const } : {}),
    ...(automation.promise ? { promise: automation.promise } : {}),
    ...(automation.suspendAt ? { suspendAt: automation.suspendAt } : {}),
    ...(automation.audit ? { audit: automation.audit } : {}),
    schema: schemaOf(automation),
    ...(automation.reference === undefined ? {} : { reference: automation.reference }),
  };
}

/** Synth holds it against the destination: an action says what its kind needs, and nothing of another. */
function connectorOf(action: Action): string {
  const kinds = ['request', 'email', 'slack', 'forward', 'event'] as const;
  return kinds.find((kind) => action[kind] !== undefined) ?? 'http';
}

function documentsOf({ documents }: Automation): Pick<RegistryEntry, 'documents'> {
  if (!documents) return {};
  const { types, mostBytes, mostPages, most = MOST_DOCUMENTS, languages = ['eng'] } = documents;
  return { documents: { types, contentTypes: contentTypesOf(types), mostBytes, mostPages, most, languages } };
}

function collectionsOf({ collections }: Automation): Pick<RegistryEntry, 'collections'> {
  if (!collections) return {};
  const told = Object.entries(collections).map(([name, { from, description, outward = false }]) => ({
    ...{ name, from, description, outward },
  }));
  return { collections: told };
}

function lookupsOf({ lookups }: Automation): Pick<RegistryEntry, 'lookups'> {
  if (!lookups) return {};
  const told = Object.values(lookups).map(({ name, source, description, required = true }) => ({
    ...{ name, source, description, required },
  }));
  return { lookups: told };
}

function agentsOf({ agents }: Automation): Pick<RegistryEntry, 'agents'> {
  if (!agents) return {};
  const told = Object.entries(agents).map(([name, { lookups = [], searches = [], mostTurns }]) => ({
    ...{ name, lookups, searches, mostTurns },
  }));
  return { agents: told };
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
function limitsOf({ perSubject, per, perDay, perRecipient }: NonNullable<Action['limits']>) {
  const bare = ({ key: _, most: __, ...limit }: SubjectLimit) => limit;
  return {
    ...(perSubject ? { perSubject: bare(perSubject) } : {}),
    ...(per ? { per: Object.fromEntries(Object.entries(per).map(([name, one]) => [name, bare(one)])) } : {}),
    ...(perDay ? { perDay } : {}),
    ...(perRecipient ? { perRecipient: { days: 1, ...perRecipient } } : {}),
  };
}
