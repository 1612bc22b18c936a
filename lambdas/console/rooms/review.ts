import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import { ownersOf } from '../../contract/approval-settings.ts';
import type { Automation } from '../../contract/automation.ts';
import { isBlank } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import type { reviewView } from '../../tables/reviews/reviews.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import { press } from '../operate/press.ts';
import type { News } from '../operate/story.ts';
import { mayHold, type Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { timeMark } from '../words.ts';
import { duePart } from './known.ts';

/* The review of an automation as a whole: by an operator, or by who answers for it. */

const MOST_CHARACTERS = 300;

/** What a review asks: docs/control-room.md has the same. */
export const QUESTIONS = [
  "Is it still worth it: volume, and what each done item costs, models, AWS and people's time?",
  'Is it right: what was overridden, sent back, taken back?',
  'May it do more alone, or less: limits, caution, labels that people always take as proposed?',
  'What broke, and was it mended?',
  'Do purpose, data and failure modes still say what is true?',
] as const;

export function mayReview(
  { settings }: Pick<DeskContext, 'settings'>,
  person: Person,
  { owner }: Pick<Automation, 'owner'>,
): boolean {
  return mayHold(person) || ownersOf(settings, owner).includes(person.email);
}

/** @param nonce of the form; undefined for who may not record a review */
export function reviewPart(
  { site }: Pick<DeskContext, 'site'>,
  name: string,
  view: ReturnType<typeof reviewView>,
  nonce: unknown,
): Markup {
  const { lastReviewed, reviewEveryDays, review } = view;
  return html`<section class="panel" aria-labelledby="review"><h2 id="review">Review</h2>
<p>Last on ${lastReviewed}, every ${reviewEveryDays} days; due ${duePart(view)}.</p>
${review ? html`<p class="note">${review.by}, ${timeMark(review.at)}${review.note ? html`: <q>${review.note}</q>` : ''}</p>` : ''}
${
  nonce
    ? html`<ol>${QUESTIONS.map((it) => html`<li>${it}</li>`)}</ol>
<form method="post" action="${address(site, roomPath(name))}">${nonce}
<label for="note">What you found <span>(not needed)</span></label><input id="note" name="note" maxlength="${MOST_CHARACTERS}" autocomplete="off">
<div class="buttons"><button class="approve" name="what" value="review">I have reviewed it</button></div></form>`
    : ''
}</section>`;
}

export const roomPath = (name: string) => `/console/automations/${name}`;
export const releasesPath = (name: string) => `${roomPath(name)}/releases`;

/** @param form undefined where it is none of ours */
export async function pressReview(
  context: DeskContext,
  person: Person,
  { name }: Automation,
  form: Form | undefined,
): Promise<News> {
  if (!form) return { fault: OLD_FORM };
  if (form.field('what') !== 'review') return { fault: 'Nothing was recorded: please press the button.' };
  const note = form.field('note')?.trim() ?? '';
  if (note !== '' && (note.length < 3 || isBlank(note) || note.length > MOST_CHARACTERS))
    return { fault: `Nothing was recorded: a note has 3 to ${MOST_CHARACTERS} characters.` };
  const pressed = await press(context, person, {
    ...{ at: 'POST /v1/automations/{name}/review', params: { name } },
    body: note === '' ? {} : { note },
  });
  if ('fault' in pressed) return pressed;
  return { told: `The review is on record. The next one is due by ${pressed.done.reviewDue}.` };
}
