import { cutText } from '../../lambdas/kit/text.ts';

/*
 * The question in a message, so that two people who ask the same are asked about in the same words: without greeting, thanks, sign-off,
 * addresses and numbers of tickets. The step that answers is given this and the label, and nothing of whoever asks: that is what a
 * cache of similar questions may compare.
 */

const MOST = 1000;

const GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|moin|servus|liebes?|sehr geehrte)\b[^\n,.!?]{0,40}[,.!]?\s*/iu;
const CLOSING =
  /^(?:(?:many |kind |best |warm )?(?:thanks|thank you|regards|wishes)|cheers|best|sincerely|(?:vielen |besten |lieben )?dank|(?:mit freundlichen|viele|beste|liebe) grüße[n]?|mfg|vg|lg|sent from my|gesendet von)\b/iu;
/** Said in between: it asks nothing. */
const POLITE =
  /\b(?:thank you|thanks)(?: (?:very much|so much|a lot|in advance|for your help))?[.!]?|\b(?:could|can|would) (?:you|somebody|someone) (?:please |kindly )?(?:help me|tell me)(?: (?:with|please))?\b|\bplease\b|\bbitte\b/giu;
const OF_SOMEBODY =
  /[\w.+-]{1,64}@[\w.-]{1,100}|\b(?:ticket|inc|req|case)[ -]?#?\d{3,}\b|https?:\/\/\S{1,300}/giu;

export function questionIn(text: string): string {
  const lines = text.replace(GREETING, '').split('\n');
  const end = lines.findIndex((line, at) => at > 0 && CLOSING.test(line.trim()));
  const asked = (end < 0 ? lines : lines.slice(0, end)).join(' ');
  const plain = asked.replaceAll(OF_SOMEBODY, ' ').replaceAll(POLITE, ' ');
  const words = plain
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,:;!?])/g, '$1')
    .trim();
  // Nothing but politeness: then the message itself.
  return cutText(/\p{L}{2}/u.test(words) ? words.toLowerCase() : text.trim(), MOST);
}
