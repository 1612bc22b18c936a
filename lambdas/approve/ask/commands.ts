import { type ApprovalRow, type Asked, closedPhase } from '../../contract/approval.ts';
import { groupsOf } from '../../contract/approval-settings.ts';
import type { ApprovalCommand } from '../../contract/item/messages.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { errorFacts, TransientError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { readApproval } from '../../tables/approvals/approvals.ts';
import { changeItem, event, getItem } from '../../tables/items/items.ts';
import { tellSlack } from '../channels/slack/tell.ts';
import { amend, entry } from '../decision/amend.ts';
import { actsOn, becameOf } from '../decision/became.ts';
import { isOpen } from '../decision/decide.ts';
import { without } from '../decision/pass.ts';
import { nextAt } from '../decision/times.ts';
import { type AskContext, deliver, isSending } from './deliver.ts';
import { tellFailure } from './failure.ts';
import { delegateOf, invitees } from './people.ts';

/** Commands about an approval that exists. Each may run twice: the second run finds nothing left to do. */
export async function run(context: AskContext, message: ApprovalCommand): Promise<void> {
  const approval = await readApproval(context.env.APPROVAL_TABLE, message.approvalId);
  if (!approval) return logger.info('command about nothing', { approval: message.approvalId });
  logger.info('command', { approval: approval.id, command: message.command, status: approval.status });
  switch (message.command) {
    case 'deliver':
      await deliver(context, approval, 'mailedAt');
      return;
    case 'remind':
      return remind(context, approval);
    case 'escalate':
      return escalate(context, approval, message.by);
    case 'hand over':
      return handOver(context, approval, message);
    case 'carry':
      return carry(context, approval);
    case 'tell':
      return tell(context, approval);
    case 'failed':
      return tellFailure(context, approval);
  }
}

/** What was decided, and what came of it as far as that is known. */
async function tell({ env, settings }: AskContext, approval: ApprovalRow): Promise<void> {
  const item = actsOn(approval) ? await getItem(env.ITEM_TABLE, approval.itemId) : undefined;
  await tellSlack(env, settings, approval, becameOf(approval, item));
}

async function remind(context: AskContext, approval: ApprovalRow): Promise<void> {
  if (approval.remindedAt || approval.escalatedAt) return;
  const row = await deliver(context, approval, 'remindedAt').catch((error: unknown) => {
    // A mail that fails now fails in a minute too: it is logged once, and the escalation comes.
    if (errorFacts(error).class === 'TransientError') throw error;
    logger.error('not reminded', { approval: approval.id, reason: errorFacts(error).message });
    return approval;
  });
  await amend(context.env.APPROVAL_TABLE, row, (now) => {
    // Another worker is still sending: its own end, or the next minute's command, records the reminder.
    if (now.remindedAt || !isOpen(now) || isSending(now)) return undefined;
    const remindedAt = isoNow();
    return { set: { remindedAt, phaseAt: phaseAt({ ...now, remindedAt }) }, trail: [entry('reminded')] };
  });
}

/** Asks the second group as well. The links of the first group stay valid. */
async function escalate(context: AskContext, approval: ApprovalRow, by: string): Promise<void> {
  const { env, settings } = context;
  const more = await invitees(env.CONTROL_TABLE, settings, approval.facts.requester, approval.escalateTo);
  const { row, changed } = await amend(env.APPROVAL_TABLE, approval, (now) => {
    if (now.escalatedAt || !isOpen(now)) return undefined;
    const escalatedAt = isoNow();
    return {
      set: {
        ...{ escalatedAt, asked: { ...more, ...now.asked }, phaseAt: phaseAt({ ...now, escalatedAt }) },
        passing: without(now, now.escalateTo),
      },
      trail: [entry('escalated', { by, to: now.escalateTo })],
    };
  });
  if (changed) await tellItem(context, row, 'escalated', { group: row.escalateTo, by });
  await deliver(context, row, 'mailedAt');
}

async function handOver(
  context: AskContext,
  approval: ApprovalRow,
  { by, to: wanted }: Extract<ApprovalCommand, { command: 'hand over' }>,
): Promise<void> {
  const { env, settings } = context;
  const delegate = await delegateOf(env.CONTROL_TABLE, settings, wanted);
  const to = delegate ?? wanted;
  const away = delegate ? ` for ${wanted}, who is away` : '';
  const operator = settings.operators.includes(by);
  const { row, changed } = await amend(env.APPROVAL_TABLE, approval, (now) => {
    // Only a person who was asked, or an operator, hands an approval over, and never to the requester.
    const may = now.asked[by] || operator;
    const theirs = groupsOf(settings, wanted).some(
      (group) => group === now.group || group === now.escalateTo,
    );
    const requester = [to, wanted].some((email) => now.facts.requester === personHash(email));
    // Somebody asked in the meantime is not asked twice; the hand-over is still recorded.
    const said = now.passing?.[wanted]?.by === by;
    if (!isOpen(now) || (now.asked[to] && !said) || !may || !theirs || requester) return undefined;
    // The note of the person who hands it over now, not of an earlier one.
    const note = said ? now.passing?.[wanted]?.note : undefined;
    const words = note ? { note } : {};
    const asked: Asked = {
      group: now.asked[to]?.group ?? now.group,
      via: `by ${by}, who hands it over${away}`,
      ...words,
    };
    return {
      set: {
        asked: { ...now.asked, [to]: { ...now.asked[to], ...asked } },
        passing: without(now, wanted),
        ...(now.claim?.by === by ? { claim: undefined } : {}),
      },
      trail: [entry('handed_over', { by, to, ...(note ? { comment: note } : {}) })],
    };
  });
  if (changed) await tellItem(context, row, 'handed_over', { by, to });
  await deliver(context, row, 'mailedAt');
}

/** The time to undo is over: the decision stands, and the table's stream carries it on. */
async function carry({ env }: AskContext, approval: ApprovalRow): Promise<void> {
  await amend(env.APPROVAL_TABLE, approval, (now) => {
    if (now.status !== 'decided' || now.carriedAt) return undefined;
    // Too early: a fast clock, or a command about a decision that was undone. It comes again.
    if (Date.parse(now.undoUntil ?? '') > clock.now())
      throw new TransientError(`the decision on '${now.id}' may still be taken back`);
    const at = now.decidedAt ?? isoNow();
    return { set: { carriedAt: isoNow(), phase: closedPhase(at), phaseAt: `${at}#${now.id}` }, trail: [] };
  });
}

function phaseAt(row: ApprovalRow): string {
  return `${nextAt(row)}#${row.id}`;
}

async function tellItem({ env }: AskContext, row: ApprovalRow, name: string, facts: Record<string, unknown>) {
  if (row.attentionCheck) return;
  const item = { id: row.itemId, generation: row.generation };
  const events = [event(name, { approvalId: row.id, ...facts })];
  await changeItem(env.ITEM_TABLE, item, ['waiting_approval'], { events });
}
