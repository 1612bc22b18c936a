import type { Mail } from './inbox.ts';
import { escapeHtml, layout, linkify, moment } from './page.ts';

/**
 * The inbox as a page that works without scripts. `picked` is the number of a mail counted from the oldest,
 * so that a link to a mail stays true when others arrive. On a phone it shows the list or the mail, elsewhere
 * both.
 */
export function inboxPage(mails: readonly Mail[], picked: number | undefined): string {
  if (mails.length === 0) return layout({ title: 'Inbox', at: 'inbox', main: EMPTY });
  const numbered = mails.map((mail, at) => ({ mail, number: mails.length - at }));
  const asked = numbered.find(({ number }) => number === picked);
  const shown = asked ?? numbered[0];
  const main = `<main id="main" class="inbox">
<section class="list" aria-labelledby="inbox-title">
<header><h1 id="inbox-title">${mails.length} ${mails.length === 1 ? 'mail' : 'mails'}</h1><a href="/inbox">Refresh</a></header>
<ol>${numbered.map(({ mail, number }) => listItem(mail, number, number === shown?.number)).join('')}</ol>
</section>
${shown === undefined ? '' : mailArticle(shown.mail)}
</main>`;
  const title = asked === undefined ? 'Inbox' : asked.mail.subject;
  return layout({ title, at: 'inbox', bodyClass: asked === undefined ? 'unpicked' : 'picked', main });
}

/** The first approval link in a text, as an approver would look for it. */
export function approvalLink(text: string): string | undefined {
  return /https?:\/\/[^\s<>"']+\/approvals\/[^\s<>"')\],]+/.exec(text)?.[0]?.replace(/[.;:!?]+$/, '');
}

function listItem(mail: Mail, number: number, current: boolean): string {
  return `<li id="m${number}"><a href="/inbox?m=${number}#m${number}"${current ? ' aria-current="true"' : ''}>
<span class="row"><span>${escapeHtml(mail.to || 'nobody')}</span>${moment(mail.sentAt)}</span>
<strong>${escapeHtml(mail.subject || '(no subject)')}</strong></a></li>`;
}

function mailArticle(mail: Mail): string {
  const link = approvalLink(mail.text) ?? approvalLink(mail.html.replaceAll('&amp;', '&'));
  const button =
    link === undefined
      ? ''
      : `<p class="act"><a class="button" href="${escapeHtml(link)}" target="_blank" rel="noopener">Open the approval</a></p>`;
  const text = `<pre class="text">${linkify(mail.text || '(this mail has no text)')}</pre>`;
  const body =
    mail.html === ''
      ? text
      : htmlFrame(mail) + `<details><summary>Plain text of this mail</summary>${text}</details>`;
  return `<article class="mail" aria-labelledby="mail-title">
<p class="back"><a href="/inbox">← All mails</a></p>
<h2 id="mail-title">${escapeHtml(mail.subject || '(no subject)')}</h2>
<dl><dt>From</dt><dd>${escapeHtml(mail.from)}</dd><dt>To</dt><dd>${escapeHtml(mail.to)}</dd><dt>Sent</dt><dd>${moment(mail.sentAt)}</dd></dl>
${button}${body}
</article>`;
}

/**
 * The HTML part in a frame that runs no scripts and sends no forms. Its links open in a new tab outside the
 * sandbox: an approval page that inherited it could not send its form.
 */
function htmlFrame(mail: Mail): string {
  const permissions = 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
  const document = `<base target="_blank"><style>${NARROW}</style>${mail.html}`;
  return `<iframe title="The mail as its reader sees it" sandbox="${permissions}" style="height:${frameHeight(mail)}rem" srcdoc="${escapeHtml(document)}"></iframe>`;
}

/** Mails are laid out in tables of a fixed width, which a phone does not have. */
const NARROW = 'table, img { max-width: calc(100vw - 1rem) !important } td { overflow-wrap: anywhere }';

/**
 * A frame cannot grow with its content without a script: the height is guessed from the length of the mail.
 */
function frameHeight(mail: Mail): number {
  const text = mail.text || mail.html.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ');
  const lines = text.split('\n').reduce((sum, line) => sum + Math.ceil((line.length + 1) / 80), 0);
  return Math.min(56, Math.max(18, Math.round(lines * 1.9 + 8)));
}

const EMPTY = `<main id="main"><div class="empty"><h1>No mail yet</h1>
<p>When an item needs a person, the approvers' mail appears here instead of in a real mailbox. <a href="/inbox">Refresh</a></p></div></main>`;
