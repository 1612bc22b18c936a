import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import { isBlank } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';

/** As the API takes it. */
export const MOST_CHARACTERS = 300;

/** Every command has one, for those who find what was done. @param id of the field, where a page has several */
export function reasonField(id: string, typed = ''): Markup {
  return html`<label for="${id}">Why <span>for the timeline and the audit</span></label>
<textarea id="${id}" name="reason" rows="2" minlength="3" maxlength="${MOST_CHARACTERS}" required>${typed}</textarea>`;
}

/** What was said, or what is wrong with it. */
export function reasonIn(form: Form): { reason: string } | { fault: string } {
  // A browser counts a line's end as one sign, and sends it as two.
  const reason = (form.field('reason') ?? '').replaceAll('\r\n', '\n').trim();
  if (reason.length >= 3 && !isBlank(reason) && reason.length <= MOST_CHARACTERS) return { reason };
  return { fault: `Nothing was done: please say why, in 3 to ${MOST_CHARACTERS} characters.` };
}

/** How an item goes on, in the words of the API. */
export const HOWS = ['stopped', 'current', 'fresh'] as const;
export type How = (typeof HOWS)[number];

export const HOW_WORDS: Record<How, string> = {
  stopped: 'go on where it stopped',
  current: 'judge anew with what is deployed now',
  fresh: 'judge anew, and pay every step again',
};

export function howIn(form: Form): How {
  return HOWS.find((it) => it === form.field('how')) ?? 'stopped';
}

export function howSaid(how: How): { version?: 'current'; fresh?: true } {
  if (how === 'current') return { version: 'current' };
  return how === 'fresh' ? { fresh: true } : {};
}
