import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { html } from 'hono/html';
import { ses } from '../shared/clients.ts';
import type { ProposalDocument } from '../shared/item.ts';

export interface Question {
  document: ProposalDocument;
  url: string;
  /** Seconds since 1970. */
  closesAt: number;
}

/**
 * One mail to one approver, as text and HTML. The subject names the automation and nothing of the item: subjects are shown on
 * lock screens and kept by every relay.
 */
export async function sendMail(from: string, to: string, question: Question): Promise<void> {
  const { document } = question;
  const content = {
    Simple: {
      Subject: { Data: `Approval needed: ${document.automation} (${document.risk})` },
      Body: { Text: { Data: textPart(question) }, Html: { Data: String(await htmlPart(question)) } },
    },
  };
  await ses().send(
    new SendEmailCommand({ FromEmailAddress: from, Destination: { ToAddresses: [to] }, Content: content }),
  );
}

/** Milliseconds since 1970 as a reader likes them, to the minute. */
export function shownTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function textPart({ document, url, closesAt }: Question): string {
  return [
    `${document.automation} asks for a decision.`,
    '',
    `What would happen: ${document.summary}`,
    `Why you are asked: ${document.reasons.join('; ')}`,
    '',
    `Read it and decide: ${url}`,
    '',
    `Opening the link changes nothing. It is yours alone: do not forward it.`,
    `If nobody answers by ${shownTime(closesAt * 1000)}, nothing will be done.`,
  ].join('\n');
}

function htmlPart({ document, url, closesAt }: Question) {
  const cell = 'padding:0 0 12px;font:16px/1.5 system-ui,sans-serif;color:#1c2430';
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Approval needed</title></head>
<body style="margin:0;background:#f3f4f6;padding:24px">
<table role="presentation" style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;padding:28px;width:100%">
<tr><td style="${cell};color:#5b6472;font-size:14px">${document.automation} asks for a decision</td></tr>
<tr><td style="${cell};font-size:22px;font-weight:600">${document.summary}</td></tr>
<tr><td style="${cell}"><strong>Why you are asked:</strong> ${document.reasons.join('; ')}</td></tr>
<tr><td style="padding:12px 0 20px"><a href="${url}" style="display:inline-block;background:#14532d;color:#fff;
font:600 16px system-ui,sans-serif;padding:14px 22px;border-radius:6px;text-decoration:none">Read it and decide</a></td></tr>
<tr><td style="${cell};color:#5b6472;font-size:14px">Opening the link changes nothing. It is yours alone: do not forward it.
If nobody answers by ${shownTime(closesAt * 1000)}, nothing will be done.</td></tr>
</table></body></html>`;
}
