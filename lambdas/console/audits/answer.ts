import { html } from 'hono/html';
import { papersPart } from '../../approve/channels/page/documents/section.ts';
import type { Form } from '../../approve/channels/page/proof.ts';
import { evidencePart, valuesPart } from '../../approve/channels/page/question.ts';
import { stepsPart } from '../../approve/channels/page/shows.ts';
import type { AuditAnswer } from '../../contract/audits/sample.ts';
import { isoNow } from '../../kit/clock.ts';
import { digest, personHash } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { shownText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import { approvalId } from '../../tables/keys.ts';
import { takeAnswer } from '../../tables/samples/samples.ts';
import type { ConsoleContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import { itemNumber } from '../operate/items.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { option } from '../words.ts';
import { choicesOf, isSeveral, wordsOf } from './choices.ts';
import { differing, fieldsPart } from './fields.ts';
import type { Opened } from './open.ts';
import { nextPart } from './waiting.ts';

/** What an approver would see, less what was proposed. Afterwards what was done, beside it. */
export async function answerScreen(
  context: ConsoleContext,
  person: Person,
  opened: Opened,
  nonce: unknown,
  fault?: { words: string; status: 400 | 409 },
): Promise<Screen> {
  const { automation, sample, document, waits } = opened;
  const id = approvalId(sample.itemId, sample.generation);
  const papers = document
    ? await papersPart(context.env.CONTENT_BUCKET, document, { id, token: '' })
    : undefined;
  const title = `Audit of ${automation.name}, item ${itemNumber(sample.itemId)}`;
  const body = html`<p class="back"><a href="${address(context.site, '/console/audits')}">← Audits</a></p>
<h1>${title}</h1>
${fault ? html`<p class="fault" role="alert">${fault.words}</p>` : ''}
${waits ? '' : html`${donePart(opened, personHash(person.email))}${await nextPart(context, person, sample)}`}
<h2>What came in</h2>
${bodyPart(opened.body)}
${papers?.part ?? ''}
${waits ? saidPart(opened.said) : document ? evidencePart(document, papers) : ''}
${waits ? formPart(context, opened, id, nonce) : ''}`;
  return { status: fault?.status ?? 200, title: fault ? 'Nothing was recorded' : title, body, at: 'audits' };
}

function formPart(
  { site }: ConsoleContext,
  { automation, shown }: Opened,
  id: string,
  nonce: unknown,
): Markup {
  return html`<form method="post" action="${address(site, `/console/audits/${id}`)}">${nonce}<input type="hidden" name="shown" value="${shown}">
<label for="label">What is it?</label><select id="label" name="label" required>${option('', 'choose', '')}${automation.labels.map((it) => option(it, it, ''))}</select>
<label for="verdict">What is right to do with it?</label><select id="verdict" name="verdict" required>${option('', 'choose', '')}${choicesOf(automation).map(({ value, words }) => option(value, words, ''))}</select>
${isSeveral(automation) ? html`<p class="soft">Where several actions are right, choose the one that comes first.</p>` : ''}${fieldsPart(automation.audit?.fields)}<div class="buttons"><button class="approve">Record my answer</button></div></form>`;
}

/** Only for whoever has answered. */
function donePart({ automation, sample, document }: Opened, by: string): Markup {
  const mine = sample.answers.find((answer) => answer.by === by);
  const others = mine?.differs ?? [];
  const action = document && isSeveral(automation) ? ` (${document.action})` : '';
  const same = mine && mine.label === sample.label && mine.verdict === sample.verdict && others.length === 0;
  const told = others.length > 0 ? ` You gave another ${others.join(' and ')}.` : '';
  const done = `${sample.label}, ${sample.verdict === 'act' ? `acted alone${action}` : 'refused alone'}`;
  return html`<div class="note" role="status"><p>You said: <b>${mine ? `${mine.label}, ${said(wordsOf(automation, mine))}` : 'nothing'}</b>.</p>
<p>What was done: <b>${done}</b>${mine && mine.verdict !== 'unsure' ? (same ? ', as you said.' : `: not as you said. It counts as wrong.${told}`) : '.'}</p>
${document ? html`${stepsPart(document)}<details><summary>All values</summary>${valuesPart(document)}</details>` : ''}</div>`;
}

const said = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** In the order of their names, whatever was asked first. */
function saidPart(said: Opened['said']): Markup[] {
  return Object.entries(said)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, answers]) =>
      answers.map((answer) => html`<h2>What ${name} said</h2>${bodyPart(answer)}`),
    );
}

function bodyPart(body: unknown): Markup {
  const fields =
    typeof body === 'object' && body !== null ? Object.entries(body) : [['input', body] as const];
  const shown = (value: unknown) =>
    shownText(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  return html`<table class="values"><tbody>${fields.map(
    ([name, value]) =>
      html`<tr><th scope="row">${shownText(name)}</th><td><blockquote>${shown(value)}</blockquote></td></tr>`,
  )}</tbody></table>`;
}

/** Records an answer once. Whoever sends the form again sees what was done, and changes nothing. */
export async function takeAudit(
  context: ConsoleContext,
  person: Person,
  opened: Opened,
  form: Form | undefined,
  nonce: unknown,
): Promise<Screen> {
  const { automation, sample, waits } = opened;
  const again = (words: string, status: 400 | 409) =>
    answerScreen(context, person, opened, nonce, { words, status });
  if (!form) return again(OLD_FORM, 400);
  if (!waits) return answerScreen(context, person, opened, nonce);
  if (form.field('shown') !== opened.shown)
    return again(
      'What came in is not what you were shown. Nothing was recorded: please look at it again.',
      409,
    );
  const label = automation.labels.find((it) => it === form.field('label'));
  const choice = choicesOf(automation).find(({ value }) => value === form.field('verdict'));
  if (label === undefined || choice === undefined)
    return again('Please say what it is, and what is right to do with it.', 400);
  const { verdict, action } = choice;
  const differs = verdict === 'act' && sample.verdict === 'act' ? differing(opened, form, action) : [];
  const answer: AuditAnswer = {
    ...{ by: personHash(person.email), at: isoNow(), label, verdict },
    ...(action === undefined ? {} : { action }),
    ...(differs.length > 0 ? { differs } : {}),
    ...(opened.document ? { digest: digest(opened.document) } : {}),
  };
  const taken = await takeAnswer(context.env.CONTROL_TABLE, sample, answer);
  logger.info('audited', { itemId: sample.itemId, taken });
  const answers = taken === 'taken' ? [...sample.answers, answer] : sample.answers;
  const now: Opened = { ...opened, sample: { ...sample, answers }, waits: false };
  return answerScreen(context, person, now, nonce);
}
