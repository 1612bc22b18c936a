import type { Edit } from '../../contract/approval.ts';
import type { EditField } from '../../contract/approval-policy.ts';
import type { Action, Automation } from '../../contract/automation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import type { TokenBook } from '../../contract/item/privacy.ts';
import type { ProposalDocument, Question } from '../../contract/item/proposal-document.ts';
import { amountOf } from '../../gate/amount.ts';
import { confirmOf } from '../../gate/confirm.ts';
import { gate } from '../../gate/gate.ts';
import { marksOf } from '../../gate/marks.ts';
import { subjectOf } from '../../gate/subject.ts';
import { summaryOf, wordsIn } from '../../gate/summary.ts';
import { digest, sha256 } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { cents } from '../../kit/money.ts';
import { getContent, putContent } from '../../kit/objects.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { hideIn, isShownTo, readBook } from '../../privacy/document.ts';
import { Vault } from '../../privacy/vault.ts';
import { proposalKey, tokensKey } from '../../tables/keys.ts';

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
    const from = document.parameters[name];
    // The limits apply to new values, not to the value that the page showed.
    if (text === undefined || text === shown(from)) continue;
    const value = readValue(rule, text);
    if (value === undefined) found.faults.push(faultOf(rule, text));
    else if (!same(rule, from, value)) found.edits.push({ field: name, from: from ?? null, to: value });
  }
  return found;
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
  const parameters = {
    ...document.parameters,
    ...Object.fromEntries(edits.map(({ field, to }) => [field, to])),
  };
  const vault = await vaultOf(bucket, document, automation);
  const seen = vault?.back(evaluated) ?? evaluated;
  const { verdict, reasons } = gate(
    { ...seen, proposal: { ...seen.proposal, parameters: vault?.back(parameters) ?? parameters } },
    { automation, byPerson: true },
  );
  const known = new Set(document.reasons);
  const asked = Object.fromEntries(before.map(({ field, from }) => [field, from]));
  const step = stepBetween(automation, document.action, { ...document.parameters, ...asked }, parameters);
  const refusals = [
    ...(verdict === 'refuse' ? reasons : []),
    ...(step === undefined ? [] : [`amounts from ${step} on need another approval`]),
  ];
  const asks = verdict === 'ask' ? reasons.filter((reason) => !known.has(reason)) : [];
  const objections = refusals.length > 0 ? refusals : asks;
  const action = automation.actions[document.action];
  const question = document.question;
  if (!action || !question) throw new SystemError(`'${document.action}' cannot be edited`);
  const edited: ProposalDocument = {
    ...document,
    parameters,
    summary: summaryOf(action, parameters, wordsIn(document)),
    ...(document.words ? { words: marksOf(parameters, wordsIn(document)) } : {}),
    reasons: [...new Set([...document.reasons, ...objections])],
    question: questionOf(question, document, parameters, automation, action),
  };
  const kept = keptOf(edited, action, vault);
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

/** An approver who sees values types values; what is kept of them has tokens again. */
function keptOf(edited: ProposalDocument, action: Action, vault: Vault | undefined): Kept {
  if (!vault || !edited.tokens || !isShownTo(edited, 'approvers')) return { document: edited };
  const hidden = hideIn(edited, vault);
  const value = vault.book;
  const fingerprint = digest(value);
  const key = tokensKey(edited.itemId, fingerprint);
  const summary = summaryOf(action, hidden.parameters, wordsIn(edited));
  return {
    document: { ...hidden, summary, tokens: { ...edited.tokens, key, digest: fingerprint } },
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

/** What lists, subjects and the confirmation say of the proposal is said of the edited one. */
function questionOf(
  { amount: _, subject: __, ...question }: Question,
  document: ProposalDocument,
  parameters: ProposalDocument['parameters'],
  { approval }: Automation,
  action: Action,
): Question {
  const amount = amountOf(action, parameters);
  const subject = subjectOf(approval, document.label, action.amount?.(parameters));
  return {
    ...question,
    confirm: confirmOf(action, document.action, parameters),
    ...(amount ? { amount } : {}),
    ...(subject.length > 0 ? { subject } : {}),
  };
}

/** The step of the amount that edits would cross: people asked about less may not decide about more. */
function stepBetween(
  { approval, actions }: Automation,
  action: string,
  before: ProposalDocument['parameters'],
  after: ProposalDocument['parameters'],
): string | undefined {
  const amount = (parameters: ProposalDocument['parameters']) =>
    cents(actions[action]?.amount?.(parameters) ?? '0') ?? Number.POSITIVE_INFINITY;
  const [least, most] = [amount(before), amount(after)];
  return approval.byAmount?.find(({ from }) => {
    const step = cents(from) ?? 0;
    return step > least && step <= most;
  })?.from;
}

async function evaluatedOf(
  bucket: string,
  { question, itemId, automation }: ProposalDocument,
): Promise<Evaluated | undefined> {
  if (!question?.evaluated) throw new SystemError('the gate kept nothing to check edits with');
  const evaluated = await getContent<Evaluated>(bucket, question.evaluated.key);
  if (digest(evaluated) === question.evaluated.digest) return evaluated;
  logger.error('the evaluated item was changed after people were asked', { itemId });
  count('proposalsTampered', automation);
  return undefined;
}
