import type { ApprovalRow } from '../../contract/approval.ts';
import { stepsOf } from '../../contract/item/proposal-document.ts';
import type { ActionReceipt, ApprovalReceipt, Outcome } from '../../contract/item/receipt.ts';
import type { ItemRow, LineageEntry } from '../../contract/item/row.ts';
import { digest, saltedDigest } from '../../kit/digest.ts';
import { auditEntries } from '../audit/audit.ts';
import { actionViews } from '../items/actions.ts';
import type { Contents } from './stores.ts';

/* The one way from an item's stores to its receipt: who writes one and who checks it go by the same code. */

/** What is recorded of an item as it stands. */
export function outcomeOf(row: ItemRow, contents: Contents): Outcome {
  const { approval, input, proposal, salt } = contents;
  const salted = (value: unknown) =>
    salt === undefined || value === undefined ? {} : { digest: saltedDigest(salt, value) };
  return withoutAbsent({
    ...{ item: row.id, automation: row.automation, client: row.client, generation: row.generation },
    ...{ status: row.status as Outcome['status'], at: row.updatedAt, receivedAt: row.receivedAt },
    ...{ label: row.label, verdict: row.verdict, reasons: row.reasons },
    degraded: row.degraded?.map(({ step, reason }) => ({ step, reason })),
    error: row.error && { class: row.error.class, message: row.error.message },
    input: input.map(({ name, value, digest: known }) => ({
      name,
      ...(known === undefined ? salted(value) : { digest: known }),
    })),
    documents: row.documents?.map(({ ref, status, sha256 }) => ({ name: ref, status, ...salted(sha256) })),
    proposal: row.proposalDigest === undefined ? undefined : proposalOf(row.proposalDigest, contents),
    approval: approval && approvalOf(approval),
    actions: actionsOf(row, proposal, salt),
    lineage: row.lineage?.map(withoutTimes),
    ...{ costUsd: row.costUsd, tokens: row.tokens },
  });
}

function proposalOf(known: string, { proposal }: Contents): Outcome['proposal'] {
  const { policyVersion, promptVersions } = proposal ?? {};
  return withoutAbsent({ digest: known, policyVersion, promptVersions });
}

function approvalOf(row: ApprovalRow): ApprovalReceipt {
  const { id, status, group, quorum, decision, decidedAt, votes, digest: decided } = row;
  return withoutAbsent({
    ...{ id, status, group, quorum, decision, decidedAt, digest: decided },
    people: Object.keys(votes).length,
    audit: auditEntries(row).map((entry) => ({ name: entry.order, digest: entryDigest(entry) })),
  });
}

/** What an approval's trail and the audit both keep for good: comments and edits leave the trail. */
const OF_ENTRY = [
  ...(['at', 'event', 'by', 'to', 'channel', 'authenticatedBy', 'openedAt', 'activeSeconds'] as const),
  ...(['together', 'decision', 'digest'] as const),
];

/** Of the facts of an entry of the audit. */
export function entryDigest(entry: object): string {
  const facts = entry as Readonly<Record<string, unknown>>;
  return digest(Object.fromEntries(OF_ENTRY.map((name) => [name, facts[name]])));
}

function actionsOf(
  row: ItemRow,
  proposal: Contents['proposal'],
  salt: string | undefined,
): ActionReceipt[] | undefined {
  const steps = proposal && stepsOf(proposal);
  return actionViews(row)?.map(({ name, status, idempotencyKey, result }, at) => {
    const parameters = steps?.[at]?.parameters;
    return withoutAbsent({
      ...{ name, status, idempotencyKey },
      parameters: salt !== undefined && parameters ? saltedDigest(salt, parameters) : undefined,
      result: result && digest(result),
    });
  });
}

/** How long a call took is of no consequence. */
function withoutTimes({ at: _, milliseconds: __, ...facts }: LineageEntry): object {
  return facts;
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined, as JSON has them. */
function withoutAbsent<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, it]) => it !== undefined)) as Present<T>;
}
