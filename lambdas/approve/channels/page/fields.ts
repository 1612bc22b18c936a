import { html } from 'hono/html';
import type { EditField } from '../../../contract/approval-policy.ts';
import { FORM_FIELDS } from '../../../contract/approval-settings.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { cutText } from '../../../kit/text.ts';
import type { Markup } from '../../../pages/layout.ts';
import { limitsOf } from '../../decision/edits.ts';

export function editField(name: string, rule: EditField, value: string): Markup {
  const hint = `${name}-limits`;
  return html`<label for="${name}">${rule.label} <span id="${hint}">${limitsOf(rule)}</span></label>
${control(name, rule, value, hint)}`;
}

function control(name: string, rule: EditField, value: string, hint: string): Markup {
  switch (rule.type) {
    case 'text':
      return html`<textarea id="${name}" name="${name}" rows="4" maxlength="${rule.maxLength}" aria-describedby="${hint}">${value}</textarea>`;
    case 'choice':
      // A value outside the options is added to them, or the browser would choose the first option.
      return html`<select id="${name}" name="${name}" aria-describedby="${hint}">${[
        ...new Set([value, ...rule.options]),
      ].map(
        (option) => html`<option${option === value ? html` selected` : ''}>${option}</option>`,
      )}</select>`;
    default:
      return html`<input id="${name}" name="${name}" value="${value}" inputmode="decimal" autocomplete="off" aria-describedby="${hint}">`;
  }
}

/** What is wrong with a form's field names, or empty. A misunderstood change must not become an approval. */
export function fieldsFault({ question }: ProposalDocument, names: readonly string[]): string {
  const editable = Object.keys(question?.edits ?? {});
  const known = [...FORM_FIELDS, ...editable];
  const may = editable.length > 0 ? `; what may be changed is ${editable.join(', ')}` : '';
  return namesFault(names, (name) => known.includes(name), may);
}

/** Names that a form does not have, or has once. @param may what it has instead, in words */
export function namesFault(names: readonly string[], isKnown: (name: string) => boolean, may = ''): string {
  const stranger = names.find((name) => !isKnown(name));
  if (stranger !== undefined)
    return `'${cutText(stranger, 60)}' is no field of this form${may}. Nothing was recorded.`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? '' : `'${twice}' was sent more than once. Nothing was recorded.`;
}
