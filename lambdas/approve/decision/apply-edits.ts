import '#start';
import type { Edit } from '../../contract/approval.ts';
import type { Automation } from '../../contract/automation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import type { TokenBook } from '../../contract/item/privacy.ts';
import { actionsOf, type ProposedAction } from '../../contract/item/proposal.ts';
import {
  type DocumentAction,
  type ProposalDocument,
  stepsOf,
} from '../../contract/item/proposal-document.ts';
import { gate } from '../../gate/gate.ts';
import { placeOf } from '../../gate/list/edit-fields.ts';
import { recomposed } from '../../gate/list/recomposed.ts';
import { marksOf } from '../../gate/marks.ts';
import { summarised, wordsIn } from '../../gate/summary.ts';
import { digest } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { putContent } from '../../kit/objects.ts';
import { hideIn, isShownTo, readBook } from '../../privacy/document.ts';
import { Vault } from '../../privacy/vault.ts';
import { proposalKey, tokensKey } from '../../tables/keys.ts';
import { evaluatedOf, questionOf, stepBetween } from './asked-anew.ts';
import { forRecord } from './edits.ts';

/* Few who decide edit: the gate, the recogniser and what reads schemas are loaded with the first edit. */

/** The edited proposal, and what the gate says about it that the approver has not seen yet. */
export interface Edited {
  document: ProposalDocument;
  digest: string;
  /** Where the document belongs in the bucket; it is not there yet. */
  proposalKey: string;
  /** As it is kept, with what its tokens stand for. */
  kept: Kept;
  /** As they stand with the decision. */
  recorded: Edit[];
  refused: boolean;
  objections: readonly string[];
}

interface Kept {
  document: ProposalDocument;
  book?: { key: string; value: TokenBook };
}

/** Stores an edited document, and first what its tokens stand for. */
export async function keepEdited(bucket: string, { proposalKey: key, kept }: Edited): Promise<void> {
  if (kept.book) await putContent(bucket, kept.book.key, kept.book.value);
  await putContent(bucket, key, kept.document);
}

/** The actions with these fields changed. */
function changedBy<A extends Pick<ProposedAction, 'parameters'>>(
  listed: readonly A[],
  fields: readonly (readonly [field: string, value: unknown])[],
): A[] {
  return listed.map((one, at) => {
    const own = fields.flatMap(([field, value]) => {
      const place = placeOf(field, listed.length);
      return place.at === at ? [[place.parameter, value]] : [];
    });
    return own.length > 0 ? { ...one, parameters: { ...one.parameters, ...Object.fromEntries(own) } } : one;
  });
}

/** Asks the gate about the edited proposal. Undefined if the gate's stored view of the item has changed. */
export async function applyEdits(
  bucket: string,
  document: ProposalDocument,
  edits: readonly Edit[],
  automation: Automation,
  before: readonly Edit[] = [],
): Promise<Edited | undefined> {
  const evaluated = await evaluatedOf(bucket, document);
  if (!evaluated) return undefined;
  const { actions } = automation;
  const vault = await vaultOf(bucket, document, automation);
  const seen = vault?.back(evaluated) ?? evaluated;
  const steps = stepsOf(document);
  const changed = changedBy(
    steps,
    edits.map(({ field, to }) => [field, to]),
  );
  const [first, ...further] = recomposed(changed, steps, {
    ...{ automation, item: seen },
    clear: (value) => vault?.back(value) ?? value,
    kept: (value) => (vault && !isShownTo(document, 'approvers') ? vault.hide(value) : value),
  });
  const { question } = document;
  if (!first || !question || !Object.hasOwn(actions, document.action))
    throw new SystemError(`'${document.action}' cannot be edited`);
  const listed = [first, ...further];
  const { verdict, reasons } = gate(
    { ...seen, proposal: withValues(seen.proposal, vault?.back(listed) ?? listed) },
    { automation, byPerson: true },
  );
  const known = new Set(document.reasons);
  const asked = changedBy(
    stepsOf(document),
    before.map(({ field, from }) => [field, from]),
  );
  const step = stepBetween(automation, asked, listed);
  const refusals = [
    ...(verdict === 'refuse' ? reasons : []),
    ...(step === undefined ? [] : [`amounts from ${step} on need another approval`]),
  ];
  const asks = verdict === 'ask' ? reasons.filter((reason) => !known.has(reason)) : [];
  const objections = refusals.length > 0 ? refusals : asks;
  const edited = summarised(
    {
      ...document,
      ...marked(document, first),
      ...(document.further ? { further: further.map((one) => marked(one, one)) } : {}),
      reasons: [...new Set([...document.reasons, ...objections])],
      question: questionOf(question, document, listed, automation),
    },
    actions,
  );
  const kept = keptOf(edited, automation, vault);
  const fingerprint = digest(kept.document);
  const recorded = forRecord(document, edits);
  return {
    ...{ document: edited, digest: fingerprint, kept },
    recorded: vault?.hide(recorded) ?? recorded,
    proposalKey: proposalKey(document.itemId, document.generation, fingerprint),
    refused: refusals.length > 0,
    objections,
  };
}

/** What the gate saw, with the values as they are now. */
function withValues(proposal: Evaluated['proposal'], listed: readonly ProposedAction[]) {
  const [first, ...further] = actionsOf(proposal).map((one, at) => ({
    ...one,
    parameters: listed[at]?.parameters ?? one.parameters,
  }));
  return { ...proposal, ...first, ...(proposal.further ? { further } : {}) };
}

/** An action with other parameters, and the places to look at twice in them. */
function marked<A extends DocumentAction>(one: A, { parameters }: Pick<DocumentAction, 'parameters'>): A {
  return { ...one, parameters, ...(one.words ? { words: marksOf(parameters, wordsIn(one)) } : {}) };
}

/** An approver who sees values types values; what is kept of them has tokens again. */
function keptOf(edited: ProposalDocument, { actions }: Automation, vault: Vault | undefined): Kept {
  if (!vault || !edited.tokens || !isShownTo(edited, 'approvers')) return { document: edited };
  const hidden = summarised(hideIn(edited, vault), actions);
  const value = vault.book;
  const fingerprint = digest(value);
  const key = tokensKey(edited.itemId, fingerprint);
  return {
    document: { ...hidden, tokens: { ...edited.tokens, key, digest: fingerprint } },
    book: { key, value },
  };
}

async function vaultOf(
  bucket: string,
  { itemId, tokens }: ProposalDocument,
  { privacy = { tokens: [] } }: Automation,
): Promise<Vault | undefined> {
  return tokens && new Vault(itemId, privacy, await readBook(bucket, itemId, tokens));
}
