import type { Automatic, InboundMail, MailFacts } from '../../../contract/intake/mail.ts';
import { type Email, mailboxesOf } from '../../../kit/mail/parts.ts';
import { cutText } from '../../../kit/text.ts';
import { authenticationOf } from './authentication.ts';

const ADDRESS = /(?<![^\s<>"(),;:@])[^\s<>"(),;:@]{1,100}@[^\s<>"(),;:@]{1,255}/g;
const MOST_SENDERS = 10;

/** A mail as automations see it. */
export function readable(email: Email): InboundMail {
  const headers = firstOf(email);
  const header = (name: string, most: number) => {
    const value = headers[name];
    return value === undefined ? undefined : cutText(value, most);
  };
  const from = senderOf(email);
  const { text, html, date, messageId, subject = '' } = email;
  return {
    ...{
      subject,
      headers,
      to: [...mailboxesOf(email.to), ...mailboxesOf(email.cc)].map(({ address }) => address),
    },
    ...(text?.trim() ? { text } : {}),
    ...(html?.trim() ? { html } : {}),
    ...(from ? { from } : {}),
    ...(date ? { date } : {}),
    ...(messageId ? { messageId } : {}),
    automatic: {
      autoSubmitted: header('auto-submitted', 200),
      precedence: header('precedence', 200),
      listId: header('list-id', 500),
      autoResponseSuppress: header('x-auto-response-suppress', 200),
    },
  };
}

/** What is known of it without a word of it. What its attachments come to is found later. */
export function factsOf(email: Email, mail: InboundMail): Omit<MailFacts, 'attachments' | 'leftOut'> {
  const automatic = automaticOf(mail);
  const domain = mail.from?.slice(mail.from.lastIndexOf('@') + 1).toLowerCase();
  return { ...authenticationOf(email.headers, domain || undefined), ...(automatic ? { automatic } : {}) };
}

/** Undefined where there is none, or where two could be meant: one is checked by the receiver, another is shown. */
function senderOf({ headers, from }: Email): string | undefined {
  const lines = headers.filter(({ key }) => key === 'from');
  const boxes = mailboxesOf(from ? [from] : []);
  const named = (lines[0]?.value.match(ADDRESS) ?? []).map((it) => it.toLowerCase());
  const [box] = boxes;
  if (lines.length !== 1 || boxes.length !== 1 || !box?.address.includes('@')) return undefined;
  // An address that is only there once it is decoded is none that the receiver has checked.
  const isNamed = named.length > 0 && named.every((it) => it === box.address.toLowerCase());
  return isNamed ? box.address : undefined;
}

/** Everybody whom it names as its sender: whom it is about. */
export function sendersOf({ headers }: Email): string[] {
  const named = headers.filter(({ key }) => ['from', 'reply-to', 'sender'].includes(key));
  return [...new Set(named.flatMap(({ value }) => value.match(ADDRESS) ?? []))].slice(0, MOST_SENDERS);
}

function firstOf({ headers }: Email): Record<string, string> {
  const found = new Map<string, string>();
  for (const { key, value } of headers) if (!found.has(key)) found.set(key, value);
  return Object.fromEntries(found);
}

/** RFC 3834, its forerunners, and what reports a mail that did not arrive (RFC 3464). */
function automaticOf({ headers, from = '' }: InboundMail): Automatic | undefined {
  const said = (name: string) => headers[name]?.trim().toLowerCase() ?? '';
  if (said('auto-submitted') !== '' && !/^no\b/.test(said('auto-submitted'))) return 'auto-submitted';
  if (/^multipart\/report\b/.test(said('content-type'))) return 'delivery-report';
  if (said('return-path') === '<>') return 'null-sender';
  if (/^(?:mailer-daemon|postmaster)@/i.test(from)) return 'mailer-daemon';
  if (/^(?:bulk|junk|list|auto_?-?reply)$/.test(said('precedence'))) return 'precedence';
  if (said('list-id') !== '' || said('list-unsubscribe') !== '') return 'list';
  if (said('x-auto-response-suppress') !== '' && said('x-auto-response-suppress') !== 'none')
    return 'auto-response-suppress';
  return said('x-autoreply') !== '' || said('x-autorespond') !== '' ? 'auto-submitted' : undefined;
}
