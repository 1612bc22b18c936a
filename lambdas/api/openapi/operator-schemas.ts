import * as z from 'zod/mini';
import { STATUSES } from '../../contract/item/status.ts';
import { NEIGHBOUR_KINDS } from '../../contract/neighbour.ts';
import { HOLDS, STATES } from '../../tables/control/hold.ts';
import { FORCES } from '../door/bodies.ts';
import { similarLearntSchema, similarSchema } from './reports/similar-schema.ts';

/* What operators' commands answer. */

const time = z.iso.datetime();

export const budgetSchema = z.object({
  perDayUsd: z.number(),
  perItemUsd: z.number(),
  perDayTokens: z.optional(z.number()),
  /** Also what calls under way may yet cost. */
  spentTodayUsd: z.number(),
  spentTodayTokens: z.int(),
  /** What operators added for today. */
  extraUsd: z.number(),
  extraTokens: z.int(),
  warned: z.boolean(),
  /** Items wait: there is no room for the smallest call that was refused today. */
  suspended: z.boolean(),
});

/** What operators hold: everything, or the actions that are named. */
export const holdSchema = z.object({
  /** Of everything; absent where at most some actions are held. */
  mode: z.optional(z.enum(HOLDS)),
  actions: z.array(z.string()),
  /** For operators: of `everything` or `action <name>`, the newest first. */
  notes: z.optional(
    z.array(z.object({ of: z.string(), mode: z.enum(HOLDS), by: z.string(), reason: z.string(), at: time })),
  ),
});

const state = z.enum(STATES);

export const heldSchema = z.object({ automation: z.string(), state, hold: holdSchema });

export const resumedSchema = z.object({
  automation: z.string(),
  /** Suspended items that were sent to work again, with this answer. */
  queued: z.int(),
  /** As it is with this answer. */
  state,
  hold: holdSchema,
  budget: budgetSchema,
  /** There are more items to look at: ask again with it. */
  cursor: z.optional(z.string()),
});

/** The item, and the generation that it goes on as. */
export const redrivenSchema = z.object({ id: z.string(), generation: z.int() });

/** Ask how it stands by its id. */
export const redrivesSchema = z.object({ id: z.string(), matched: z.int() });

export const redriveStateSchema = z.object({
  id: z.string(),
  automation: z.string(),
  state: z.enum(['running', 'done', 'stopped']),
  /** By whom, why and when, where it is. */
  stopped: z.optional(z.object({ by: z.string(), reason: z.string(), at: time })),
  /** Nothing was done: `done` is what would be. */
  dryRun: z.optional(z.literal(true)),
  matched: z.int(),
  done: z.int(),
  failed: z.int(),
  /** Gone on by themselves, or not to be let go on now. */
  skipped: z.int(),
});

export const cautionSchema = z.object({
  /** Something asks a person for an operator's sake. */
  on: z.boolean(),
  everything: z.boolean(),
  actions: z.array(z.string()),
  labels: z.array(z.string()),
  /** For operators: of `everything`, `action <name>` or `label <name>`, the newest first. */
  notes: z.optional(z.array(z.object({ of: z.string(), by: z.string(), reason: z.string(), at: time }))),
});

export const cautionedSchema = z.object({ automation: z.string(), caution: cautionSchema });

/** What an item takes back: which action, counted from 1, of which item. */
export const compensatesSchema = z.optional(z.object({ item: z.string(), action: z.int() }));

/** Of an action that is to be taken back: by which item, and how that one stands. It is taken back once that is `done`. */
export const compensationSchema = z.optional(z.object({ item: z.string(), status: z.enum(STATUSES) }));

export const breakerSchema = z.object({
  kind: z.enum(NEIGHBOUR_KINDS),
  name: z.string(),
  /** The name once more, of an endpoint. */
  endpoint: z.optional(z.string()),
  state: z.enum(['closed', 'open', 'half-open']),
  reason: z.optional(z.string()),
  until: z.optional(time),
  forced: z.optional(z.object({ state: z.enum(FORCES), reason: z.string(), by: z.string(), at: time })),
  calls: z.int(),
  failures: z.int(),
  pausedUntil: z.optional(time),
  lineMs: z.int(),
});

export const breakersSchema = z.object({ breakers: z.array(breakerSchema) });

/** By automation, or of `platform`. */
const deadLetterFields = { queue: z.string(), messages: z.int() };

/** By their names in the description. */
export const DEAD_LETTER_SCHEMAS = {
  DeadLetterQueues: z.object({
    queues: z.array(
      z.object({
        ...deadLetterFields,
        /** Of some of them: SQS tells the age of none. */
        oldest: z.optional(time),
      }),
    ),
  }),
  DeadLetters: z.object({
    ...deadLetterFields,
    shown: z.array(
      z.object({
        id: z.string(),
        /** When it was first sent. */
        sentAt: z.optional(time),
        receives: z.int(),
        /** The queue that it came from; absent where somebody sent it here. */
        source: z.optional(z.string()),
        message: z.optional(z.unknown()),
        /** Of what is no JSON. */
        text: z.optional(z.string()),
      }),
    ),
  }),
  /** `left`: those asked for that are there still, or were not found. */
  DeadLettersMoved: z.object({ queue: z.string(), moved: z.int(), left: z.int() }),
  DeadLettersDeleted: z.object({ queue: z.string(), deleted: z.int(), left: z.int() }),
};

export const reviewFields = {
  lastReviewed: z.iso.date(),
  reviewEveryDays: z.int(),
  reviewDue: z.iso.date(),
  reviewOverdue: z.boolean(),
  /** The last one that somebody recorded, where it is later than the declared one. */
  review: z.optional(z.object({ at: time, by: z.string(), note: z.optional(z.string()) })),
};

export const reviewedSchema = z.object({ automation: z.string(), ...reviewFields });

export const calibratedSchema = z.object({
  automation: z.string(),
  step: z.string(),
  /** Decisions of people that were looked at. */
  decided: z.int(),
  made: z.array(
    z.object({
      id: z.string(),
      madeAt: time,
      bins: z.array(z.object({ above: z.number(), share: z.number(), count: z.int() })),
    }),
  ),
  /** Prompt versions and models with too few answers to say anything. */
  tooFew: z.array(z.object({ promptVersion: z.string(), model: z.string(), answers: z.int() })),
});

const removedSchema = z.object({
  /** Bodies, proposals, what the gate saw, names of documents. */
  content: z.optional(z.int()),
  /** Documents as they came. */
  files: z.optional(z.int()),
  /** What was read of them, and pictures of their pages. */
  readings: z.optional(z.int()),
  /** What models answered, kept answers and vectors. */
  answers: z.optional(z.int()),
  /** What documents were announced as. */
  uploads: z.optional(z.int()),
  /** What tied items to counts of limits. */
  limits: z.optional(z.int()),
  /** Approvals that lost their words. */
  approvals: z.optional(z.int()),
});

export const erasureSchema = z.object({
  /** The beginning of the subject's keyed hash: what the audit names it by. */
  subject: z.string(),
  dryRun: z.boolean(),
  items: z.array(
    z.object({
      id: z.string(),
      automation: z.string(),
      /** Absent where the item's row is no longer kept. */
      status: z.optional(z.string()),
      /** `unsettled`: erased, and to be erased once more at `againAt`. `acts`: not touched, as it acts now. */
      outcome: z.enum(['found', 'erased', 'unsettled', 'acts']),
      againAt: z.optional(time),
      removed: removedSchema,
    }),
  ),
  removed: removedSchema,
  /** There are more items to look at: ask again with it. */
  cursor: z.optional(z.string()),
});

/** More of what commands answer, by their names in the description. */
/** `path`: of the console, under the deployment's address. */
export const rehearsalKeptSchema = z.object({ automation: z.string(), id: z.string(), path: z.string() });

export const COMMAND_SCHEMAS = {
  Calibrated: calibratedSchema,
  Erasure: erasureSchema,
  RehearsalKept: rehearsalKeptSchema,
  Similar: similarSchema,
  SimilarLearnt: similarLearntSchema,
  ...DEAD_LETTER_SCHEMAS,
};
