import { cutText } from '../../../kit/text.ts';
import { MOST_COMMENT } from '../../decision/comment.ts';

/** Slack's limits in characters. Slack refuses a message that breaks one of them. */
export const LIMITS = {
  header: 150,
  section: 3000,
  context: 3000,
  button: 75,
  value: 2000,
  confirmTitle: 100,
  confirmText: 300,
  comment: MOST_COMMENT,
} as const;

/** At most that many characters; the last is an ellipsis if something is left out. */
export function cut(text: string, most: number): string {
  // Half a surrogate pair is no character: it would be refused or shown as a box.
  return text.length <= most ? text : `${cutText(text, most - 1)}…`;
}

/** Text that mrkdwn shows as it is: no mention, link or date. Within the limit after escaping, too. */
export function escaped(text: string, most: number = LIMITS.section): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (safe.length <= most) return safe;
  // Every ampersand begins an entity here: one without its end was cut in two.
  return `${cut(safe, most)
    .slice(0, -1)
    .replace(/&[a-z]*$/, '')}…`;
}

/** A moment in the reader's own time zone; in UTC if Slack cannot show that. */
export function when(iso: string): string {
  const at = new Date(iso);
  const utc = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} at {time}|${utc}>`;
}

/**
 * Text as it is: no formatting, no emoji from colons. Everything that comes from an item is shown this way.
 */
export function plain(text: string, most: number) {
  return { type: 'plain_text', text: cut(text, most), emoji: false } as const;
}

/** Our own words, formatted; inserted values are `escaped`. Verbatim: names do not become links. */
export function formatted(text: string) {
  return { type: 'mrkdwn', text, verbatim: true } as const;
}
