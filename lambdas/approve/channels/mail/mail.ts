import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { html } from 'hono/html';
import type { ApprovalRow } from '../../../contract/approval.ts';
import type { Mark, ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { isSuspected, shownValues } from '../../../gate/shows.ts';
import { ses } from '../../../kit/aws.ts';
import { cutText, oneLine, shownText } from '../../../kit/text.ts';
import { shownTime } from '../../../pages/layout.ts';
import { refusedForNow } from './pace.ts';

export interface Letter {
  row: ApprovalRow;
  document: ProposalDocument;
  url: string;
  /** Why this person is asked, if they are no member of the group. */
  via: string;
  reminder: boolean;
}

/** One mail, as text and HTML. @throws MailBusy if SES takes none now, otherwise the error of SES */
export async function sendMail(
  from: string,
  to: string,
  mail: { subject: string; text: string; html: string },
): Promise<void> {
  const Content = {
    Simple: {
      Subject: { Data: mail.subject },
      Body: { Text: { Data: mail.text }, Html: { Data: mail.html } },
    },
  };
  const sent = ses().send(
    new SendEmailCommand({ FromEmailAddress: from, Destination: { ToAddresses: [to] }, Content }),
  );
  await sent.catch((error: unknown) => {
    throw refusedForNow(error);
  });
}

/** One approval to one approver. Lock screens and relays show subjects: nothing of the item is in it. */
export async function sendLetter(from: string, to: string, letter: Letter): Promise<void> {
  const { document, row, reminder } = letter;
  const what = reminder ? 'Reminder: approval needed' : 'Approval needed';
  await sendMail(from, to, {
    subject: `${what}: ${document.automation} (${document.risk}), approval ${row.id.slice(-10)}`,
    text: textPart(letter),
    html: String(await htmlPart(letter)),
  });
}

function until({ row }: Letter): string {
  const { escalateAt, closesAt } = row.times;
  const next = row.escalatedAt
    ? ''
    : `If nobody decides by ${shownTime(escalateAt)}, ${row.escalateTo} will be asked as well. `;
  return `${next}At ${shownTime(closesAt)} this approval expires: without a decision nothing will be done.`;
}

function opening({ document, via, reminder }: Letter): string {
  const first = reminder
    ? `${document.automation} still waits for a decision.`
    : `${document.automation} asks for a decision.`;
  return via ? `${first} You are asked ${via}.` : first;
}

/** A mail is read in passing: anything longer, or to be looked at twice, is on the page. */
const MOST_VALUE = 300;
const MOST_VALUES = 12;

/** The values that fit. Free words lose links, addresses and mark-up: a mail program would link them. */
function valuesIn(document: ProposalDocument): [string, string][] {
  const values = shownValues(document);
  const told = values.slice(0, MOST_VALUES).map(({ place, value, marks, words }): [string, string] => {
    const text = words && isSuspected(document) ? '' : oneLine(shownText(without(value, marks)));
    if (text === '' && value !== '') return [place, '(read it on the page)'];
    return [
      place,
      text.length > MOST_VALUE ? `${cutText(text, MOST_VALUE)}… (the rest is on the page)` : text,
    ];
  });
  return values.length > MOST_VALUES ? [...told, ['and more', 'on the page']] : told;
}

function without(text: string, marks: readonly Mark[]): string {
  let at = 0;
  let left = '';
  for (const { kind, start, end } of marks) {
    left += text.slice(at, start);
    left += kind === 'number' ? text.slice(start, end) : kind === 'hidden' ? '' : `[${kind}: see the page]`;
    at = end;
  }
  return left + text.slice(at);
}

function textPart(letter: Letter): string {
  const { document, url } = letter;
  return [
    opening(letter),
    '',
    `Proposed:  ${oneLine(shownText(document.summary))}`,
    ...valuesIn(document).map(([place, value]) => `  ${place}: ${value}`),
    `Why a person decides:  ${oneLine(shownText(document.reasons.join('; ')))}`,
    '',
    `Read it and decide: ${url}`,
    '',
    'Opening the link changes nothing. It is yours alone: do not forward it.',
    until(letter),
  ].join('\n');
}

function htmlPart(letter: Letter) {
  const { document, url } = letter;
  const cell = 'padding:0 0 12px;font:16px/1.5 system-ui,sans-serif;color:#1c2430';
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Approval needed</title></head>
<body style="margin:0;background:#f3f4f6;padding:24px">
<table role="presentation" style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;padding:28px;width:100%">
<tr><td style="${cell};color:#5b6472;font-size:14px">${opening(letter)}</td></tr>
<tr><td style="${cell};font-size:22px;font-weight:600">${oneLine(shownText(document.summary))}</td></tr>
${valuesIn(document).map(
  ([place, value]) => html`<tr><td style="${cell}"><strong>${place}:</strong> ${value}</td></tr>
`,
)}<tr><td style="${cell}"><strong>Why a person decides: </strong> ${oneLine(shownText(document.reasons.join('; ')))}</td></tr>
<tr><td style="padding:12px 0 20px"><a href="${url}" style="display:inline-block;background:#14532d;color:#fff;
font:600 16px system-ui,sans-serif;padding:14px 22px;border-radius:6px;text-decoration:none">Read it and decide</a></td></tr>
<tr><td style="${cell};color:#5b6472;font-size:14px">Opening the link changes nothing. It is yours alone: do not forward it.
${until(letter)}</td></tr>
</table></body></html>`;
}
