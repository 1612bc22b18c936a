import * as z from 'zod/mini';
import { DECISIONS } from '../../contract/approval.ts';
import { DOCUMENT_TYPES } from '../../contract/document.ts';
import { ACTION_STATES, PRIORITIES, STATUSES, VERDICTS } from '../../contract/item/status.ts';
import { NEIGHBOUR_KINDS } from '../../contract/neighbour.ts';
import { evidence } from './evidence.ts';
import { compensatesSchema, compensationSchema } from './operator-schemas.ts';
import { itemPromise } from './promise-schemas.ts';

/* What the API answers with, for its description. A test reads real answers back through these. */
const links = z.object({ self: z.string() });
const time = z.iso.datetime();

/* Strict, so that it and a whole item are told apart where an answer is one of the two. */
export const acceptedSchema = z.strictObject({
  id: z.string(),
  automation: z.string(),
  status: z.enum(STATUSES),
  /** While `deferred`: when it is looked at next. */
  deferredUntil: z.optional(time),
  /** What is known before the rest, where the automation tells it: its facts by name. */
  early: z.optional(z.record(z.string(), z.unknown())),
  links,
  duplicate: z.optional(z.boolean()),
});

const errorSchema = z.object({
  class: z.enum(['TransientError', 'InputError', 'ProcessingError', 'SystemError']),
  message: z.string(),
  /** Who was down: the item goes on by itself once that one is well again. */
  neighbour: z.optional(z.object({ kind: z.enum(NEIGHBOUR_KINDS), name: z.string() })),
});

const actionFields = {
  name: z.string(),
  idempotencyKey: z.string(),
  result: z.optional(z.object({ status: z.int(), reference: z.optional(z.string()) })),
};

export const itemSchema = z.object({
  id: z.string(),
  automation: z.string(),
  status: z.enum(STATUSES),
  priority: z.enum(PRIORITIES),
  generation: z.int(),
  receivedAt: time,
  updatedAt: time,
  deferredUntil: z.optional(time),
  /** What was known before the rest. */
  early: z.optional(z.record(z.string(), z.unknown())),
  /** The earlier item that is about the same. */
  duplicateOf: z.optional(z.string()),
  /** The item whose action made this one, and those that its own actions made. */
  parent: z.optional(z.string()),
  children: z.optional(z.array(z.string())),
  compensates: compensatesSchema,
  promise: itemPromise,
  label: z.optional(z.string()),
  verdict: z.optional(z.enum(VERDICTS)),
  reasons: z.optional(z.array(z.string())),
  /** What it was thought about without: the lookup, and why. Absent if nothing was missing. */
  degraded: z.optional(z.array(z.object({ step: z.string(), reason: z.string() }))),
  proposal: z.optional(
    z.object({
      /** What is to be done, in this order. `action` and `parameters` are those of the first. */
      actions: z.array(
        z.object({
          action: z.string(),
          parameters: z.record(z.string(), z.unknown()),
          summary: z.string(),
        }),
      ),
      action: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      confidence: z.nullable(z.number()),
      brief: z.string(),
      summary: z.string(),
      evidence: z.array(evidence),
    }),
  ),
  approval: z.optional(
    z.object({
      status: z.enum(['pending', 'decided', 'expired', 'withdrawn']),
      decidedBy: z.optional(z.string()),
      decidedAt: z.optional(time),
      decision: z.optional(z.enum([...DECISIONS, 'approve with edits'])),
      activeSeconds: z.optional(z.number()),
      edits: z.optional(z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }))),
      escalatedAt: z.optional(time),
      /** While it is open: when an answer is due, when it expires without one, and who works on it. */
      dueAt: z.optional(time),
      expiresAt: z.optional(time),
      claimedBy: z.optional(z.string()),
    }),
  ),
  /** The first action. */
  action: z.optional(z.object({ ...actionFields, status: z.enum(['acting', 'done', 'failed']) })),
  /** All of them, in their order. Of one that is `unknown` only its destination can tell whether it was done. */
  actions: z.optional(
    z.array(z.object({ ...actionFields, status: z.enum(ACTION_STATES), compensation: compensationSchema })),
  ),
  documents: z.optional(
    z.array(
      z.object({
        ref: z.string(),
        name: z.optional(z.string()),
        type: z.optional(z.enum(DOCUMENT_TYPES)),
        pages: z.optional(z.int()),
        status: z.enum(['uploaded', 'read', 'refused']),
        /** Why it was refused, by name. */
        refusal: z.optional(z.string()),
      }),
    ),
  ),
  /** Of a body that did not fit its schema: each difference between what came and what is worked on. */
  repairs: z.optional(
    z.array(
      z.object({
        pointer: z.string(),
        /** Where it stood in the original, if elsewhere. */
        source: z.optional(z.string()),
        from: z.optional(z.unknown()),
        to: z.optional(z.unknown()),
        by: z.enum(['encoding', 'json', 'name', 'memory', 'model', 'type', 'unknown']),
      }),
    ),
  ),
  costUsd: z.optional(z.number()),
  tokens: z.optional(z.object({ input: z.int(), output: z.int() })),
  timeline: z.array(z.looseObject({ at: time, event: z.string() })),
  lineage: z.optional(
    z.array(
      z.object({
        at: time,
        step: z.string(),
        model: z.string(),
        endpoint: z.string(),
        promptVersion: z.string(),
        promptHash: z.string(),
        /** What the answer calls the model, where that is another name than the configuration's. */
        answeredBy: z.optional(z.string()),
        /** Why this model and endpoint. */
        route: z.string(),
        cached: z.boolean(),
        /** With `cached`: the items whose questions were like it, and how much spoke for their answer, from 0 to 1. */
        similar: z.optional(z.object({ of: z.array(z.string()), score: z.number() })),
        costUsd: z.number(),
        inputTokens: z.int(),
        cachedTokens: z.int(),
        cacheWriteTokens: z.optional(z.int()),
        outputTokens: z.int(),
        price: z.string(),
        milliseconds: z.int(),
        rawConfidence: z.optional(z.number()),
        surrogate: z.optional(z.string()),
        failure: z.optional(z.string()),
        /** Of a lookup: whom it asked. Model and endpoint are `none`. */
        source: z.optional(z.string()),
        /** Of a turn of an agent: what it asked for. */
        tools: z.optional(z.array(z.string())),
      }),
    ),
  ),
  error: z.optional(errorSchema),
  links,
  /** Of an answer to a POST: the item was there before. */
  duplicate: z.optional(z.boolean()),
});

export const pageSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      automation: z.string(),
      status: z.enum(STATUSES),
      receivedAt: time,
      priority: z.optional(z.enum(PRIORITIES)),
      label: z.optional(z.string()),
      verdict: z.optional(z.enum(VERDICTS)),
      costUsd: z.optional(z.number()),
      links,
    }),
  ),
  cursor: z.optional(z.string()),
});

/** The answer to an upload that was announced. */
export const uploadSchema = z.object({
  uploadUrl: z.string(),
  /** To be sent with the bytes, as they are. */
  headers: z.record(z.string(), z.string()),
  documentRef: z.string(),
  /** Of the link. */
  expiresAt: time,
});

export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  /** At 400: each field that is wrong, by its JSON pointer. */
  errors: z.optional(z.array(z.object({ pointer: z.string(), message: z.string() }))),
  /** At 409: the item that there is, and of one that cannot be withdrawn its status. */
  id: z.optional(z.string()),
  itemStatus: z.optional(z.enum(STATUSES)),
  /** At 429: nothing was kept. */
  accepted: z.optional(z.literal(false)),
});
