import { ask } from '../../../lambdas/approve/ask/ask.ts';
import { decide, undo } from '../../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../../lambdas/contract/approval.ts';
import type { ApprovalCommand } from '../../../lambdas/contract/item/messages.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { ANN, APPROVAL, person, row } from '../../support/desk.ts';
import { ENV, SETTINGS } from '../../support/fixtures.ts';
import { DECISION_KEY, world } from '../../support/world.ts';

/* Decisions: what a page binds them to, who is faster, who takes them back, and what carries them. */

export const BROWSER = 'browser-of-a-man';

/** What a page is made for: one person, one question as it stands, one browser. */
export const bound = (token = ANN, other: { digest?: string; approvalId?: string } = {}) => ({
  ...{ subject: sha256(token), approvalId: APPROVAL, digest: row().digest, browser: BROWSER },
  ...other,
});

export const why = { comment: 'seen the invoice' };

/** Before the next write, the row is changed by somebody else. */
export function meanwhile(change: () => void, times = 1): void {
  let left = times;
  world.fault = (call) => {
    if (call.includes('UpdateCommand') && left-- > 0) change();
  };
}

export const changeTo = (fields: Partial<ApprovalRow>) =>
  world.tables.put('approvals', { ...row(), version: row().version + 1, ...fields });

export const approve = (name = 'ann', more: object = {}, undoSeconds = SETTINGS.undoSeconds) =>
  decide(
    'approvals',
    row(),
    { decision: 'approve', shown: row().digest, round: row().round ?? 0, comment: 'yes', ...more },
    person(name),
    undoSeconds,
    DECISION_KEY,
  );

export const takeBack = (name = 'ann', from = row()) => undo('approvals', from, person(name));

/** What the queue and the stream do: each message is worked, each change is carried on. */
export async function carry(
  message: ApprovalCommand = { approvalId: APPROVAL, command: 'carry' },
): Promise<void> {
  const before = row();
  await ask(message, { env: ENV, settings: SETTINGS });
  if (row().version !== before.version) await onChange(row(), before, ENV);
}
