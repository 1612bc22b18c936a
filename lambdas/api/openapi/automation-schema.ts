import * as z from 'zod/mini';
import { DOCUMENT_TYPES } from '../../contract/document.ts';
import { RISKS, VERDICTS } from '../../contract/item/status.ts';
import { RELEASE_MODES } from '../../contract/steps/release.ts';
import { STATES } from '../../tables/control/hold.ts';
import { budgetSchema, cautionSchema, holdSchema, reviewFields } from './operator-schemas.ts';
import { registryPromise } from './promise-schemas.ts';

/* An automation, as the registry shows it. */

const limit = z.object({
  count: z.optional(z.int()),
  amount: z.optional(z.string()),
  days: z.optional(z.int()),
});

export const automationSchema = z.object({
  name: z.string(),
  owner: z.string(),
  purpose: z.string(),
  triggers: z.array(z.string()),
  data: z.array(z.string()),
  failureModes: z.array(z.string()),
  /** Somebody with an address answers for it. */
  ownerKnown: z.boolean(),
  ...reviewFields,
  labels: z.array(z.string()),
  actions: z.array(
    z.object({
      ...{ name: z.string(), destination: z.string() },
      /** How it gets there: `http`, `request`, `email` … */
      connector: z.string(),
      ...{ risk: z.enum(RISKS), reversible: z.boolean() },
      /** The action that takes it back. */
      compensate: z.optional(z.string()),
    }),
  ),
  /** By action: how much of it may happen with nobody asked. `amount` is in one currency. */
  limits: z.record(
    z.string(),
    z.object({
      ...{ perSubject: z.optional(limit), per: z.optional(z.record(z.string(), limit)) },
      ...{ perDay: z.optional(limit), perRecipient: z.optional(limit) },
    }),
  ),
  prompts: z.array(
    z.object({
      step: z.string(),
      version: z.string(),
      release: z.enum(['stable', ...RELEASE_MODES]),
      /** Of the items, of one that is tried. */
      share: z.optional(z.number()),
    }),
  ),
  budget: budgetSchema,
  /** Only of one that takes documents. */
  documents: z.optional(
    z.object({
      types: z.array(z.enum(DOCUMENT_TYPES)),
      contentTypes: z.array(z.string()),
      mostBytes: z.int(),
      mostPages: z.int(),
      most: z.int(),
      languages: z.array(z.string()),
    }),
  ),
  /** A body that does not fit is repaired, or quarantined with the reason: by code alone, or by a model too. */
  repair: z.optional(z.object({ model: z.boolean() })),
  /** Documents that it searches. Only if it has some. */
  collections: z.optional(
    z.array(
      z.object({
        ...{ name: z.string(), from: z.enum(['folder', 'synced']) },
        ...{ description: z.string(), outward: z.boolean() },
      }),
    ),
  ),
  /** What it asks of which source while it thinks. Only if anything. */
  lookups: z.optional(
    z.array(
      z.object({ name: z.string(), source: z.string(), description: z.string(), required: z.boolean() }),
    ),
  ),
  /** Steps in which a model looks up by itself, what it may ask there, and in how many turns. Only if any. */
  agents: z.optional(
    z.array(
      z.object({
        name: z.string(),
        lookups: z.array(z.string()),
        searches: z.array(z.string()),
        mostTurns: z.int(),
      }),
    ),
  ),
  /** By which work may come in: `api`, `upload`, `event:<name>` … */
  doors: z.array(z.string()),
  /** Only where urgent items have a queue of their own. */
  lanes: z.optional(z.literal('separate')),
  /** Only where low-priority items wait for batches: how these stood at the last look. */
  batches: z.optional(
    z.object({
      at: z.string(),
      /** Requests in no file yet. */
      open: z.int(),
      files: z.array(
        z.object({
          ...{ batch: z.string(), endpoint: z.string(), model: z.string() },
          /** As the provider says it. */
          status: z.string(),
          ...{ requests: z.int(), done: z.int(), failed: z.int(), dueAt: z.string() },
        }),
      ),
    }),
  ),
  /** For operators, and only where any fails: sources that are polled, and gave no answer of use the last time. */
  polls: z.optional(
    z.array(
      z.object({
        /** `schedule:<name>` */
        door: z.string(),
        source: z.string(),
        /** When the first of the polls in a row failed. */
        since: z.string(),
        failures: z.int(),
        error: z.object({ class: z.string(), message: z.string() }),
      }),
    ),
  ),
  /** Only where what ends without a person is audited. */
  audit: z.optional(
    z.object({
      share: z.number(),
      group: z.string(),
      target: z.number(),
      twice: z.optional(z.number()),
      fields: z.optional(z.array(z.string())),
      actions: z.optional(z.array(z.string())),
      counterparty: z.optional(z.string()),
      large: z.optional(z.object({ parameter: z.string(), from: z.number() })),
    }),
  ),
  /** Names of the facts that callers may hear early. */
  early: z.optional(z.array(z.string())),
  promise: registryPromise,
  /** Only where it suspends itself: of the items that ended or were parked in the last hours. */
  suspendAt: z.optional(z.object({ parkedShare: z.number(), ofAtLeast: z.number() })),
  schema: z.record(z.string(), z.unknown()),
  /** The field of the body whose value finds its items. */
  reference: z.optional(z.string()),
  examples: z.array(z.object({ name: z.string(), expect: z.enum(VERDICTS), body: z.unknown() })),
  /** What operators want; `suspended` also where its budget is spent. */
  state: z.enum(STATES),
  hold: holdSchema,
  caution: cautionSchema,
  links: z.object({ self: z.string(), items: z.string() }),
});
