import * as z from 'zod/mini';
import { OUTCOMES } from '../../contract/item/receipt.ts';
import { STATUSES, VERDICTS } from '../../contract/item/status.ts';

/* Receipts, and what verifying says of them. */

const time = z.iso.datetime();
const day = z.iso.date();
const status = z.enum(OUTCOMES);

/** Of content with the item's salt; absent where it was gone before. */
const digested = z.object({ name: z.string(), digest: z.optional(z.string()) });

export const receiptSchema = z.object({
  version: z.literal(1),
  item: z.string(),
  automation: z.string(),
  client: z.string(),
  generation: z.int(),
  status,
  at: time,
  receivedAt: time,
  /** Its place in the chain of its automation, counted from 1. */
  number: z.int(),
  /** SHA-256 of all other fields but `earlier`, as RFC 8785 writes them. */
  digest: z.string(),
  /** The digest of the receipt before; null of the first. */
  previous: z.nullable(z.string()),
  previousAt: z.optional(time),
  label: z.optional(z.string()),
  verdict: z.optional(z.enum(VERDICTS)),
  reasons: z.optional(z.array(z.string())),
  degraded: z.optional(z.array(z.object({ step: z.string(), reason: z.string() }))),
  error: z.optional(z.object({ class: z.string(), message: z.string() })),
  input: z.array(digested),
  documents: z.optional(z.array(z.extend(digested, { status: z.string() }))),
  proposal: z.optional(
    z.object({
      digest: z.string(),
      policyVersion: z.optional(z.string()),
      promptVersions: z.optional(z.array(z.string())),
    }),
  ),
  approval: z.optional(
    z.object({
      ...{ id: z.string(), status: z.string(), group: z.string(), quorum: z.int(), people: z.int() },
      ...{ decision: z.optional(z.string()), decidedAt: z.optional(time), digest: z.string() },
      /** Entries of the audit by their order. */
      audit: z.array(digested),
    }),
  ),
  actions: z.optional(
    z.array(
      z.object({
        ...{ name: z.string(), status: z.string(), idempotencyKey: z.string() },
        ...{ parameters: z.optional(z.string()), result: z.optional(z.string()) },
      }),
    ),
  ),
  lineage: z.optional(z.array(z.record(z.string(), z.unknown()))),
  costUsd: z.optional(z.number()),
  tokens: z.optional(z.object({ input: z.int(), output: z.int() })),
  /** Of the item's outcomes before, the oldest first. */
  earlier: z.array(z.object({ digest: z.string(), generation: z.int(), status, at: time })),
});

const findings = {
  /** By name, such as `row: verdict differs`; empty where nothing differs. */
  differences: z.array(z.string()),
  /** What cannot be compared any more, and why that is right. */
  notes: z.array(z.string()),
};

export const verifiedSchema = z.object({
  item: z.string(),
  verdict: z.enum(['ok', 'differs', 'no receipt yet']),
  receipts: z.array(z.object({ number: z.int(), digest: z.string(), generation: z.int(), status, at: time })),
  ...findings,
});

export const verifiedDaySchema = z.object({
  day,
  /** `open`: its root is not written yet, and the heads of the chains stand for it. `before`: nothing was recorded by then. */
  state: z.enum(['rooted', 'open', 'before']),
  /** Of this answer. */
  receipts: z.int(),
  items: z.array(z.string()),
  ...findings,
  /** There is more: ask again with it. */
  cursor: z.optional(z.string()),
});

/** One file with everything about one item. */
export const exportSchema = z.object({
  exportedAt: time,
  verified: verifiedSchema,
  item: z.looseObject({ id: z.string(), status: z.enum(STATUSES) }),
  salt: z.object({ object: z.string(), value: z.optional(z.string()) }),
  /** Each as it was hashed, letter by letter. */
  receipts: z.array(z.object({ record: z.string(), digest: z.string() })),
  input: z.array(z.object({ name: z.string(), value: z.unknown() })),
  proposal: z.optional(z.looseObject({})),
  approval: z.optional(z.looseObject({})),
  audit: z.array(z.looseObject({})),
  /** `url` is good for five minutes. */
  documents: z.array(
    z.object({
      ...{ ref: z.string(), name: z.optional(z.string()), sha256: z.optional(z.string()), url: z.string() },
    }),
  ),
});
