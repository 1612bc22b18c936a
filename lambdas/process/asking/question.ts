import { FORM_FIELDS } from '../../contract/approval-settings.ts';
import type { Automation } from '../../contract/automation.ts';
import type { Gated } from '../../contract/item/envelope.ts';
import type { Hides } from '../../contract/item/privacy.ts';
import { actionsOf } from '../../contract/item/proposal.ts';
import type { Question } from '../../contract/item/proposal-document.ts';
import { amountIn, totalIn } from '../../gate/amount.ts';
import { confirmIn } from '../../gate/confirm.ts';
import { editsIn } from '../../gate/list/edit-fields.ts';
import { subjectOf } from '../../gate/subject.ts';
import { digest, personHash } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { putContent } from '../../kit/objects.ts';
import { hideInItem } from '../../privacy/document.ts';
import { evaluatedKey } from '../../tables/keys.ts';
import { termsOf } from './terms.ts';

/** What approvers need, under today's policy. If they may edit something, the gate's input is stored too. */
export async function questionOf(
  item: Gated,
  automation: Automation,
  bucket: string,
  vault?: Hides,
): Promise<Question> {
  const { actions } = automation;
  const listed = actionsOf(item.proposal);
  const amount = totalIn(actions, listed);
  const edits = editsIn(actions, listed, item.body);
  const taken = Object.keys(edits).find((field) => FORM_FIELDS.includes(field));
  if (taken !== undefined)
    throw new SystemError(`'${taken}' cannot be edited: the approval page's form uses this name`);
  const stake = amountIn(actions, listed);
  const subject = subjectOf(automation.approval, item.label, amount);
  const address = automation.requester?.(item.body)?.trim();
  return {
    terms: termsOf(automation.approval, amount, listed),
    confirm: confirmIn(actions, listed),
    edits,
    ...(subject.length > 0 ? { subject } : {}),
    ...(Object.keys(edits).length > 0 ? { evaluated: await keepEvaluated(item, bucket, vault) } : {}),
    ...(address ? { requester: personHash(address) } : {}),
    ...(stake ? { amount: stake } : {}),
  };
}

async function keepEvaluated(
  { verdict, reasons, grounds: _, ...seen }: Gated,
  bucket: string,
  vault: Hides | undefined,
): Promise<NonNullable<Question['evaluated']>> {
  const evaluated = vault ? hideInItem(seen, vault) : seen;
  const fingerprint = digest(evaluated);
  const key = evaluatedKey(evaluated.id, evaluated.generation, fingerprint);
  await putContent(bucket, key, evaluated);
  return { key, digest: fingerprint };
}
