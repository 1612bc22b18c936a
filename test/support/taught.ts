import { learn } from '../../lambdas/act/learn.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { putContent } from '../../lambdas/kit/objects.ts';

export interface Edited {
  /** Of the item. */
  id: string;
  /** When it was decided (milliseconds since 1970). */
  at: number;
  edits: Readonly<Record<string, string>>;
  /** What of the document is otherwise. */
  fields?: object;
}

/** What `act` learns of an item that an approver edited, after its action is done. */
export async function taught(
  env: Parameters<typeof learn>[0],
  automation: Automation,
  item: Gated,
  { id, at, edits, fields = {} }: Edited,
): Promise<void> {
  const { verdict: _, reasons: __, ...seen } = item;
  const key = `items/${id}/evaluated-g1.json`;
  await putContent(env.CONTENT_BUCKET, key, seen);
  const { action, parameters } = item.proposal;
  const document = {
    ...{ action, itemId: id, automation: automation.name, parameters: { ...parameters, ...edits } },
    question: { evaluated: { key, digest: digest(seen) } },
    ...fields,
  } as unknown as ProposalDocument;
  const approval = {
    decidedAt: new Date(at).toISOString(),
    edits: Object.keys(edits).map((field) => ({ field })),
  } as ApprovalRow;
  await learn(env, approval, document, automation);
}
