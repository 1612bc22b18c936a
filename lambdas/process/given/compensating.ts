import { COMPENSATION_ASKED, type ShownCompensation } from '../../contract/item/compensation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import {
  type DocumentAction,
  type ProposalDocument,
  stepsOf,
} from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { digest } from '../../kit/digest.ts';
import { ProcessingError, SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { inClear } from '../../privacy/document.ts';
import { getApproval } from '../../tables/approvals/approvals.ts';
import { type ActionView, actionViews } from '../../tables/items/actions.ts';
import { getItem } from '../../tables/items/items.ts';
import type { ProcessOptions } from './thinking.ts';

/** What takes an action back, as the automation's code proposes it, and whose it was. */
export interface Compensating {
  item: Evaluated;
  shows: ShownCompensation;
  parent: ItemRow;
  /** Why a person is asked, in fixed words, with the item's short number. */
  reason: string;
}

/**
 * The proposal that takes back what an item has done, made by the automation's code alone: no model, no source, no cost. It reads the
 * document that was carried out, which the key of the action in the ledger is the fingerprint of.
 * @throws SystemError, ProcessingError where there is nothing to go by; then the item rests, and nothing is taken back
 */
export async function compensating(
  row: ItemRow,
  given: { body: unknown; feedback: readonly string[] },
  { automation, env }: ProcessOptions,
): Promise<Compensating> {
  const { compensates } = row;
  if (!compensates) throw new SystemError('the item takes nothing back');
  const parent = await getItem(env.ITEM_TABLE, compensates.item);
  const views = (parent && actionViews(parent)) ?? [];
  const done = views[compensates.action - 1];
  if (!parent || parent.automation !== row.automation || done?.status !== 'done')
    throw new ProcessingError(`what was to be taken back is not done: see item ${compensates.item}`);
  if (parent.erasedAt) throw new ProcessingError('what was to be taken back is erased');
  const document = await carriedOut(parent, views[0], env);
  const step = stepsOf(document)[compensates.action - 1];
  const rules = automation.actions[done.name]?.compensate;
  if (!step || step.action !== done.name || !rules)
    throw new SystemError(`action '${done.name}' has no 'compensate', or is another one by now`);
  const { body, feedback } = given;
  const parameters = parametersOf(done.name, () =>
    rules.parameters({
      parameters: withAnswers(step, views),
      ...(done.result?.reference === undefined ? {} : { reference: done.result.reference }),
      body,
    }),
  );
  const said = row.timeline.find(({ event }) => event === COMPENSATION_ASKED);
  const doneAt = doneTime(parent, compensates.action, views.length);
  const shows: ShownCompensation = {
    ...{ ...compensates, summary: step.summary, reason: String(said?.reason ?? '') },
    ...(doneAt ? { doneAt } : {}),
    ...(parent.approvalId ? { approvalId: parent.approvalId } : {}),
  };
  return {
    ...{ parent, shows },
    reason: `'${compensates.by}' asks to take back action ${compensates.action} ('${done.name}') of item ${compensates.item.slice(-7)}`,
    item: {
      ...{ id: row.id, automation: row.automation, generation: row.generation, body, feedback },
      ...{ text: document.text ?? '', suspicions: document.suspicions ?? [], automatic: false },
      label: document.label,
      proposal: {
        ...{ action: rules.action, parameters, confidence: null, evidence: [] },
        ...{ brief: `Takes back what was done: ${step.summary}`, briefBy: 'code' },
      },
    },
  };
}

/** The document behind the ledger's key: the gate's, or the one with an approver's edits. @throws SystemError if it is not kept */
async function carriedOut(
  { id, proposalKey, approvalId }: ItemRow,
  first: ActionView | undefined,
  env: ProcessOptions['env'],
): Promise<ProposalDocument> {
  const approval = approvalId ? await getApproval(env.APPROVAL_TABLE, approvalId) : undefined;
  for (const key of new Set([approval?.proposalKey, proposalKey])) {
    if (!key) continue;
    const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, key).catch(gone);
    if (document?.itemId === id && first?.idempotencyKey === `${id}-${digest(document).slice(0, 16)}`)
      return inClear(env.CONTENT_BUCKET, document);
  }
  throw new SystemError(
    'what was carried out is no longer kept, or was changed: take it back at the destination',
  );
}

function gone(error: unknown): undefined {
  if (!(error instanceof SystemError)) throw error;
}

/** As the destination got it: with what earlier actions were answered. */
function withAnswers({ parameters, answers = {} }: DocumentAction, views: readonly ActionView[]) {
  const filled = Object.entries(answers).map(([name, { answerOf, field }]) => [
    name,
    views[answerOf]?.result?.[field],
  ]);
  return { ...parameters, ...Object.fromEntries(filled) };
}

/** @throws SystemError without a word of what the code was given */
function parametersOf(name: string, make: () => Readonly<Record<string, unknown>>) {
  try {
    return make();
  } catch (cause) {
    throw new SystemError(`the code of 'compensate' of action '${name}' failed`, { cause });
  }
}

function doneTime({ timeline }: ItemRow, action: number, of: number): string | undefined {
  const number = of === 1 ? undefined : `${action} of ${of}`;
  return timeline.findLast((told) => told.event === 'acted' && told.number === number)?.at;
}
