import { html } from 'hono/html';
import { papersPart } from '../../approve/channels/page/documents/section.ts';
import type { Form } from '../../approve/channels/page/proof.ts';
import { evidencePart } from '../../approve/channels/page/question.ts';
import type { AuditAnswer } from '../../contract/audits/sample.ts';
import { isoNow } from '../../kit/clock.ts';
import { digest, personHash } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import type { Markup } from '../../pages/layout.ts';
import { approvalId } from '../../tables/keys.ts';
import { takeAnswer } from '../../tables/samples/samples.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import { itemNumber } from '../operate/items.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { option } from '../words.ts';
import { bodyPart, saidPart } from './came.ts';
import { actionsPart, choicesOf } from './choices.ts';
import { donePart } from './done.ts';
import { differing, type FieldFault, faultIn, fieldsPart } from './fields.ts';
import type { Opened } from './open.ts';
import { nextPart } from './waiting.ts';

/** Why an answer was not recorded, and what was typed, where it is asked again. */
interface Fault {
  words: string;
  status: 400 | 409;
  typed?: Form;
  field?: FieldFault;
}

/** What an approver would see, less what was proposed. Afterwards what was done, beside it. */
export async function answerScreen(
  context: DeskContext,
  person: Person,
  opened: Opened,
  nonce: unknown,
  fault?: Fault,
): Promise<Screen> {
  const { automation, sample, document, waits } = opened;
  const id = approvalId(sample.itemId, sample.generation);
  // What the model chose of a page tells what it made of it: before the answer no page is marked, and none comes before others.
  const papers = document
    ? await papersPart(
        context.env.CONTENT_BUCKET,
        { ...document, evidence: waits ? [] : document.evidence },
        { id, token: '' },
      )
    : undefined;
  const title = `Audit of ${automation.name}, item ${itemNumber(sample.itemId)}`;
  const body = html`<p class="back"><a href="${address(context.site, '/console/audits')}">← Audits</a></p>
<h1>${title}</h1>
${fault ? html`<p class="fault" role="alert">${fault.words}</p>` : ''}
${waits ? '' : html`${donePart(opened, personHash(person.email))}${await nextPart(context, person, sample)}`}
<h2>What came in</h2>
${bodyPart(opened.body)}
${papers?.part ?? ''}
${waits ? saidPart(opened) : document ? evidencePart(document, papers) : ''}
${waits ? formPart(context, opened, id, nonce, fault) : ''}`;
  return { status: fault?.status ?? 200, title: fault ? 'Nothing was recorded' : title, body, at: 'audits' };
}

function formPart(
  { site }: DeskContext,
  { automation, shown }: Opened,
  id: string,
  nonce: unknown,
  { typed, field }: Partial<Fault> = {},
): Markup {
  const [label = '', verdict = ''] = ['label', 'verdict'].map((name) => typed?.field(name));
  return html`<form method="post" action="${address(site, `/console/audits/${id}`)}">${nonce}<input type="hidden" name="shown" value="${shown}">
<label for="label">What is it?</label><select id="label" name="label" aria-describedby="label-hint">${option('', 'choose', label)}${automation.labels.map((it) => option(it, it, label))}</select>
<p class="soft" id="label-hint">Not needed where you cannot tell.</p>
<label for="verdict">What is right to do with it?</label><select id="verdict" name="verdict" required>${option('', 'choose', verdict)}${choicesOf(automation).map(({ value, words }) => option(value, words, verdict))}</select>
${actionsPart(automation)}${fieldsPart(automation.audit?.fields, typed, field)}<div class="buttons"><button class="approve">Record my answer</button></div></form>`;
}

/** Records an answer once. Whoever sends the form again sees what was done, and changes nothing. */
export async function takeAudit(
  context: DeskContext,
  person: Person,
  opened: Opened,
  form: Form | undefined,
  nonce: unknown,
): Promise<Screen> {
  const { automation, sample, waits } = opened;
  const again = (words: string, status: 400 | 409, more: Partial<Fault> = {}) =>
    answerScreen(context, person, opened, nonce, { words, status, ...more });
  if (!form) return again(OLD_FORM, 400);
  if (!waits) return answerScreen(context, person, opened, nonce);
  if (form.field('shown') !== opened.shown)
    return again(
      'What came in is not what you were shown. Nothing was recorded: please look at it again.',
      409,
    );
  const label = automation.labels.find((it) => it === form.field('label'));
  const choice = choicesOf(automation).find(({ value }) => value === form.field('verdict'));
  if (choice === undefined || (label === undefined && choice.verdict !== 'unsure'))
    return again('Please say what it is, and what is right to do with it.', 400, { typed: form });
  const { verdict, action } = choice;
  const field = verdict === 'act' ? faultIn(automation, form, action) : undefined;
  if (field) return again(`Nothing was recorded: ${field.words}`, 400, { typed: form, field });
  const differs = verdict === 'act' && sample.verdict === 'act' ? differing(opened, form, action) : [];
  const answer: AuditAnswer = {
    ...{ by: personHash(person.email), at: isoNow(), label: label ?? '', verdict },
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
