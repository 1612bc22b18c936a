import type { Edit } from '../../contract/approval.ts';
import type { EditField } from '../../contract/approval-policy.ts';
import { type ProposalDocument, stepsOf } from '../../contract/item/proposal-document.ts';
import { placeOf } from '../../gate/list/edit-fields.ts';
import { sha256 } from '../../kit/digest.ts';
import { cents } from '../../kit/numbers/money.ts';

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
