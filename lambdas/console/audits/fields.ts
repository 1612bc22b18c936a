import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Opened } from './open.ts';
import { isSame } from './same.ts';

/* What auditors give beside label and verdict. Asked of every item alike, so that the form tells nothing of what was done. */

const MOST_LENGTH = 300;
const nameOf = (field: string) => `field-${field}`;

export function fieldsPart(fields: readonly string[] = []): Markup | string {
  if (fields.length === 0) return '';
  return html`<fieldset><legend>If it is right to act, with which values?</legend>
<p class="soft">Leave empty what you cannot tell, or what it needs none of.</p>${fields.map(
    (field) =>
      html`<label for="${nameOf(field)}">${field}</label><input id="${nameOf(field)}" name="${nameOf(field)}" maxlength="${MOST_LENGTH}" autocomplete="off">`,
  )}</fieldset>
`;
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
    const given = form.field(nameOf(field))?.trim() ?? '';
    return given !== '' && !isSame(given, document.parameters[field]);
  });
}
