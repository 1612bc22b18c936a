import { html } from 'hono/html';
import { LINK_MINUTES } from '../../../tables/sign-in/links.ts';
import { sendMail } from './mail.ts';

const LIFE = `Opening the link changes nothing. It works once, within ${LINK_MINUTES} minutes, and is yours alone: do not forward it.`;
const NOT_ASKED = 'If you did not ask for it, ignore this mail: nobody can sign in without it.';

/** The link, and nothing about the person: lock screens show subjects, and every relay keeps them. */
export async function sendSignInMail(from: string, to: string, url: string): Promise<void> {
  await sendMail(from, to, {
    subject: 'Sign in to Signalbox',
    text: [`Sign in to Signalbox: ${url}`, '', LIFE, NOT_ASKED].join('\n'),
    html: String(await htmlPart(url)),
  });
}

function htmlPart(url: string) {
  const cell = 'padding:0 0 12px;font:16px/1.5 system-ui,sans-serif;color:#1c2430';
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to Signalbox</title></head>
<body style="margin:0;background:#f3f4f6;padding:24px">
<table role="presentation" style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;padding:28px;width:100%">
<tr><td style="${cell};font-size:22px;font-weight:600">Sign in to Signalbox</td></tr>
<tr><td style="padding:12px 0 20px"><a href="${url}" style="display:inline-block;background:#14532d;color:#fff;
font:600 16px system-ui,sans-serif;padding:14px 22px;border-radius:6px;text-decoration:none">Sign in to Signalbox</a></td></tr>
<tr><td style="${cell};color:#5b6472;font-size:14px">${LIFE} ${NOT_ASKED}</td></tr>
</table></body></html>`;
}
