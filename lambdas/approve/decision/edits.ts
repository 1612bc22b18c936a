import type { Edit } from '../../contract/approval.ts';
import type { EditField } from '../../contract/approval-policy.ts';
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
import { digest, sha256 } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { cents } from '../../kit/numbers/money.ts';
import { putContent } from '../../kit/objects.ts';
import { hideIn, isShownTo, readBook } from '../../privacy/document.ts';
import { Vault } from '../../privacy/vault.ts';
import { proposalKey, tokensKey } from '../../tables/keys.ts';
import { evaluatedOf, questionOf, stepBetween } from './asked-anew.ts';

/** What a form changes in a proposal, field by field, and what is wrong with it. */
export interface ReadEdits {
  edits: Edit[];
  faults: string[];
}

export function readEdits(
  document: ProposalDocument,
  field: (name: string) => string | undefined,
): ReadEdits {
  const found: ReadEdits = { edits: [], faults: [] };
  for (const [name, rule] of Object.entries(document.question?.edits ?? {})) {
    // A form sends CRLF line ends.
    const text = field(name)?.replaceAll('\r\n', '\n').trim();
    const from = valueIn(document, name);
    // The limits apply to new values, not to the value that the page showed.
    if (text === undefined || text === shown(from)) continue;
    const value = readValue(rule, text);
    if (value === undefined) found.faults.push(faultOf(rule, text));
    else if (!same(rule, from, value)) found.edits.push({ field: name, from: from ?? null, to: value });
  }
  return found;
}

/** What a field of the form changes, as it is now: a parameter of one of the actions. */
export function valueIn(document: ProposalDocument, field: string): unknown {
  const steps = stepsOf(document);
  const { at, parameter } = placeOf(field, steps.length);
  return steps[at]?.parameters[parameter];
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

/** The value that a text stands for, or undefined if the field does not allow it. */
function readValue(rule: EditField, text: string): string | number | undefined {
  switch (rule.type) {
    case 'money': {
      const amount = cents(text);
      const inside =
        amount !== null && amount >= (cents(rule.least) ?? 0) && amount <= (cents(rule.most) ?? 0);
      return inside ? (amount / 100).toFixed(2) : undefined;
    }
    case 'number': {
      const number = text === '' ? Number.NaN : Number(text);
      return number >= rule.least && number <= rule.most ? number : undefined;
    }
    case 'text':
      return text !== '' && text.length <= rule.maxLength ? text : undefined;
    case 'choice':
      return rule.options.includes(text) ? text : undefined;
  }
}

function faultOf(rule: EditField, text: string): string {
  const point = rule.type === 'money' || rule.type === 'number' ? withPoint(text) : undefined;
  return point === undefined
    ? `${rule.label} ${limitsOf(rule)}.`
    : `${rule.label}: write ${point}, with a decimal point and no thousands separator.`;
}

/** What somebody meant by `240,00`, `1.234,56` or `1,234.56`; undefined if it is no such number. */
function withPoint(text: string): string | undefined {
  if (!text.includes(',') || !/^-?\d[\d.,' ]*$/.test(text)) return undefined;
  const last = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  const [whole = '', part = ''] = [text.slice(0, last), text.slice(last + 1)].map((it) =>
    it.replaceAll(/[.,' ]/g, ''),
  );
  // Three digits behind a single comma may be thousands: either would be a guess.
  if (part === '') return undefined;
  if (part.length === 3 && text.indexOf(',') === last) return undefined;
  return `${whole}.${part}`;
}

export function limitsOf(rule: EditField): string {
  switch (rule.type) {
    case 'money':
    case 'number':
      return `must be from ${rule.least} to ${rule.most}`;
    case 'text':
      return `must have 1 to ${rule.maxLength} characters`;
    case 'choice':
      return `must be one of ${rule.options.join(', ')}`;
  }
}

/** Edits as stored with the decision. Texts are content: only the documents in the bucket hold them. */
export function forRecord({ question }: ProposalDocument, edits: readonly Edit[]): Edit[] {
  return edits.map((edit) =>
    question?.edits[edit.field]?.type === 'text'
      ? { ...edit, from: outline(edit.from), to: outline(edit.to) }
      : edit,
  );
}

function outline(text: unknown): string {
  const whole = String(text ?? '');
  return `text of ${whole.length} characters (${sha256(whole).slice(0, 8)})`;
}

/** A parameter as its field shows it before anybody types. */
function shown(value: unknown): string {
  return String(value ?? '')
    .replaceAll('\r\n', '\n')
    .trim();
}

function same(rule: EditField, from: unknown, to: string | number): boolean {
  if (rule.type === 'money') return cents(shown(from)) === cents(String(to));
  return shown(from) === String(to);
}

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
