import * as z from 'zod/mini';
import { DECISIONS, TRAIL_EVENTS } from '../../contract/approval.ts';
import { RISKS, VERDICTS } from '../../contract/item/status.ts';
import { HOUSE_EVENTS } from '../../tables/audit/audit.ts';

/* The API's answers about approvals. A test reads real answers back through these. */

const time = z.iso.datetime();
const edits = z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }));

export const auditEntrySchema = z.object({
  at: time,
  event: z.enum(TRAIL_EVENTS),
  approvalId: z.string(),
  itemId: z.string(),
  generation: z.int(),
  automation: z.string(),
  by: z.optional(z.string()),
  channel: z.optional(z.string()),
  authenticatedBy: z.optional(z.string()),
  to: z.optional(z.string()),
  decision: z.optional(z.enum(DECISIONS)),
  comment: z.optional(z.string()),
  edits: z.optional(edits),
  openedAt: z.optional(time),
  activeSeconds: z.optional(z.number()),
  askedAt: time,
  action: z.string(),
  label: z.string(),
  risk: z.enum(RISKS),
  reversible: z.boolean(),
  summary: z.string(),
  reasons: z.array(z.string()),
  confidence: z.nullable(z.number()),
  sources: z.array(z.string()),
  promptVersions: z.array(z.string()),
  models: z.array(z.string()),
  policyVersion: z.string(),
  requester: z.optional(z.string()),
  askedDigest: z.string(),
  digest: z.optional(z.string()),
  attentionCheck: z.optional(z.boolean()),
  amount: z.optional(z.object({ value: z.string(), currency: z.optional(z.string()) })),
  together: z.optional(z.int()),
  month: z.string(),
  order: z.string(),
  expiresAt: z.int(),
});

/** What happened without a question. */
export const houseEntrySchema = z.strictObject({
  at: time,
  event: z.enum(HOUSE_EVENTS),
  automation: z.string(),
  by: z.string(),
  itemId: z.optional(z.string()),
  generation: z.optional(z.int()),
  label: z.optional(z.string()),
  reasons: z.optional(z.array(z.string())),
  digest: z.optional(z.string()),
  command: z.optional(z.string()),
  comment: z.optional(z.string()),
  month: z.string(),
  order: z.string(),
  expiresAt: z.int(),
});

export const auditSchema = z.object({
  from: time,
  to: time,
  entries: z.array(z.union([auditEntrySchema, houseEntrySchema])),
  cursor: z.optional(z.string()),
});

const measured = z.nullable(z.number());
const spread = z.object({ p50: measured, p95: measured });

const attention = z.object({ seconds: z.int(), costUsd: z.number() });

export const statisticsSchema = z.object({
  from: time,
  to: time,
  cut: z.boolean(),
  open: z.int(),
  oldestSeconds: measured,
  ageSeconds: spread,
  timeToOpenSeconds: spread,
  timeToDecideSeconds: spread,
  activeSeconds: spread,
  decided: z.int(),
  shareFast: measured,
  fastSeconds: z.number(),
  arrivals: z.int(),
  agreement: measured,
  attention,
  byGroup: z.array(
    z.object({
      ...{ group: z.string(), arrivals: z.int(), decided: z.int(), agreement: measured, shareFast: measured },
      ...{ activeSeconds: spread, attention },
    }),
  ),
  byAutomation: z.array(
    z.object({
      automation: z.string(),
      promptVersions: z.string(),
      policyVersion: z.optional(z.string()),
      decided: z.int(),
      approved: z.int(),
      edited: z.int(),
      rejected: z.int(),
      sentBack: z.int(),
      expired: z.int(),
      approveRate: measured,
      editRate: measured,
      overrideRate: measured,
      undone: z.int(),
    }),
  ),
  attentionChecks: z.object({ shown: z.int(), caught: z.int(), missed: z.int() }),
});

/** One line of an automation's `cases.jsonl`. Those made from a decision or a finding of an audit name it. */
export const caseSchema = z.strictObject({
  name: z.string().check(z.minLength(1)),
  body: z.unknown(),
  label: z.string(),
  verdict: z.enum(VERDICTS),
  action: z
    .optional(z.string())
    .check(z.meta({ description: 'Which action is right, where an audit said it of several' })),
  parameters: z.optional(z.record(z.string(), z.unknown())).check(
    z.meta({
      description:
        'Parameters of which an audit says that another value is right: to be filled in by a person',
    }),
  ),
  origin: z.optional(
    z.strictObject({
      approvalId: z.string(),
      decision: z.optional(z.enum(DECISIONS)),
      edits: z.optional(edits),
      comment: z.optional(z.string()),
      audited: z.optional(
        z
          .object({
            ...{ label: z.string(), verdict: z.enum(['act', 'refuse']) },
            differs: z.optional(z.array(z.string())),
          })
          .check(z.meta({ description: 'What was done alone, and found wrong by an audit' })),
      ),
      promptVersions: z.array(z.string()),
    }),
  ),
});

export const casesSchema = z.object({
  cases: z.array(caseSchema),
  skipped: z.int(),
  cursor: z.optional(z.string()),
});
