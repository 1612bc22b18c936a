import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import { compare, exact } from '../../kit/numbers/money.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Opened } from './open.ts';

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

/** Fields of which another value was given than was done; what was left empty is not judged. */
export function differing({ automation, document }: Opened, form: Form): string[] {
  if (!document) return [];
  return (automation.audit?.fields ?? []).filter((field) => {
    const given = form.field(nameOf(field))?.trim() ?? '';
    return given !== '' && !isSame(given, document.parameters[field]);
  });
}

/** The same number, however many zeros it has; of other texts case and spaces do not count. */
function isSame(given: string, done: unknown): boolean {
  if (done === undefined || done === null) return false;
  const is = typeof done === 'string' ? done : JSON.stringify(done);
  const [one, other] = [exact(given.replace(/^(-?\d+),(\d{1,2})$/, '$1.$2')), exact(is)];
  if (one && other) return compare(one, other) === 0;
  return plain(given) === plain(is);
}

function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase();
}
