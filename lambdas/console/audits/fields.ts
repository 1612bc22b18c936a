import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Action, Automation } from '../../contract/automation.ts';
import { cutText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Opened } from './open.ts';
import { isAmount, isSame, isTwofold } from './same.ts';

/* What auditors give beside label and verdict. Asked of every item alike, so that the form tells nothing of what was done. */

const MOST_LENGTH = 300;
const nameOf = (field: string) => `field-${field}`;

/** What was typed into a field and cannot be recorded. */
export interface FieldFault {
  field: string;
  words: string;
}

/** @param typed what was sent, where it is asked again */
export function fieldsPart(
  fields: readonly string[] = [],
  typed?: Form,
  fault?: FieldFault,
): Markup | string {
  if (fields.length === 0) return '';
  return html`<fieldset><legend>If it is right to act, with which values?</legend>
<p class="soft">Leave empty what you cannot tell, or what it needs none of.</p>${fields.map((field) =>
    fieldPart(field, typed ? givenIn(typed, field) : '', fault?.field === field ? fault.words : undefined),
  )}</fieldset>
`;
}

function fieldPart(field: string, given: string, fault: string | undefined): Markup {
  const name = nameOf(field);
  const wrong = fault === undefined ? '' : html` aria-invalid="true" aria-describedby="${name}-fault"`;
  return html`<label for="${name}">${field}</label>${fault === undefined ? '' : html`<p class="fault" id="${name}-fault">${fault}</p>`}<input id="${name}" name="${name}" value="${given}" maxlength="${MOST_LENGTH}" autocomplete="off"${wrong}>`;
}

function givenIn(form: Form, field: string): string {
  return cutText(form.field(nameOf(field))?.trim() ?? '', MOST_LENGTH);
}

/** An answer is recorded once: what is no sum, or may be two, is asked again, whatever was done. */
export function faultIn(
  { actions, audit }: Pick<Automation, 'actions' | 'audit'>,
  form: Form,
  action = Object.keys(actions)[0] ?? '',
): FieldFault | undefined {
  const declared = actions[action];
  const field = audit?.fields?.find((it) => {
    const given = givenIn(form, it);
    return given !== '' && isMoney(declared, it) && !isAmount(given);
  });
  return field === undefined ? undefined : { field, words: faultWords(field, givenIn(form, field)) };
}

function faultWords(field: string, given: string): string {
  const fault = isTwofold(given)
    ? `${field} may be read in two ways: write 1000.00 for a thousand, and 1.00 for one.`
    : `${field} must be an amount, such as 48.02 or EUR 48.02.`;
  return `${fault} Leave it empty if you cannot tell.`;
}

const PROBE = '7.77';

/** Whether the action's amount is this parameter. */
function isMoney(action: Action | undefined, field: string): boolean {
  try {
    return action?.amount?.({ [field]: PROBE }) === PROBE;
  } catch {
    // It needs others beside it: then it is not this one alone.
    return false;
  }
}

/** In what an answer is not what was done: another action, or else fields with another value. What was left empty is not judged. */
export function differing(
  { automation, document }: Opened,
  form: Form,
  action: string | undefined,
): string[] {
  if (!document) return [];
  // Values belong to an action: those of another one are not compared.
  if (action !== undefined && action !== document.action) return ['action'];
  return (automation.audit?.fields ?? []).filter((field) => {
    const given = givenIn(form, field);
    return given !== '' && !isSame(given, document.parameters[field]);
  });
}
