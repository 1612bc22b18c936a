import { presigned } from '../../kit/bucket/wire.ts';
import { isoNow } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { Problem } from '../../kit/http.ts';
import { getContent } from '../../kit/objects.ts';
import { getApproval } from '../../tables/approvals/approvals.ts';
import { entryAt } from '../../tables/audit/audit.ts';
import { getItem } from '../../tables/items/items.ts';
import { documentNamesKey, originalKey } from '../../tables/keys.ts';
import { receiptsOf } from '../../tables/receipts/receipts.ts';
import { contentsOf } from '../../tables/receipts/stores.ts';
import { noItem, verifyItem } from './item.ts';
import type { VerifyEnv } from './stores.ts';

/** Long enough to fetch fifty megabytes, and no longer. */
const LINK_SECONDS = 300;

/**
 * Everything about one item, content included: what was recorded of it, with the salt by which anybody can make the digests again; what
 * lies in the stores; and what `verify` says of both. Files come by links.
 */
export async function exportOf(id: string, env: VerifyEnv): Promise<object> {
  const verified = await verifyItem(id, env);
  const row = await getItem(env.ITEM_TABLE, id);
  if (!verified) throw noItem(id);
  if (!row) throw new Problem(404, 'the item itself is no longer kept: its receipts are what is left');
  const kept = await receiptsOf(env.RECEIPT_TABLE, id);
  const stores = { approvalTable: env.APPROVAL_TABLE, contentBucket: env.CONTENT_BUCKET };
  const { input, proposal, salt, saltKey } = await contentsOf(row, stores);
  const audited = kept.flatMap(({ receipt }) => receipt.approval?.audit ?? []);
  const orders = [...new Set(audited.map(({ name }) => name))];
  const [approval, names, audit, documents] = await Promise.all([
    row.approvalId ? getApproval(env.APPROVAL_TABLE, row.approvalId) : undefined,
    namesOf(env.CONTENT_BUCKET, id),
    Promise.all(orders.map((order) => entryAt(env.AUDIT_TABLE, order))),
    Promise.all((row.documents ?? []).map(({ ref, sha256 }) => linkTo(id, ref, sha256, env))),
  ]);
  return {
    ...{ exportedAt: isoNow(), verified, item: row, salt: { object: saltKey, value: salt } },
    receipts: kept.map(({ record, digest }) => ({ record, digest })),
    input: input.filter(({ value }) => value !== undefined),
    ...{ proposal, approval: approval && withoutSeal(approval) },
    audit: audit.filter((entry) => entry !== undefined),
    documents: documents.map((one) => ({ ...one, name: names.find(({ ref }) => ref === one.ref)?.name })),
  };
}

/** A signature is for the functions that check it. */
function withoutSeal({ seal: _, ...approval }: { seal?: string }): object {
  return approval;
}

async function linkTo(id: string, ref: string, sha256: string | undefined, env: VerifyEnv) {
  const asked = { method: 'GET', headers: {} } as const;
  const url = await presigned(env.UPLOAD_BUCKET, originalKey(id, ref), asked, LINK_SECONDS);
  return { ref, sha256, url };
}

async function namesOf(bucket: string, id: string): Promise<{ ref: string; name: string }[]> {
  return getContent<{ ref: string; name: string }[]>(bucket, documentNamesKey(id)).catch((error: unknown) => {
    if (error instanceof SystemError) return [];
    throw error;
  });
}
