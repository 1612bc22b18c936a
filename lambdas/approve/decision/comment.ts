import { isBlank } from '../../kit/text.ts';

/** A reason is read by people and kept for years: what is longer belongs into a document. In UTF-16 units, of three bytes at most. */
export const MOST_COMMENT = 2000;

/**
 * A form sends its line ends in the manner of the mail: they count as one character, as they did in its field. What nobody can see
 * is nothing.
 */
export function readComment(text: string | undefined): string {
  return isBlank(text) ? '' : (text ?? '').replaceAll('\r\n', '\n').trim();
}

/** What is wrong with it, or empty. Cut by us it would no longer be what somebody decided with. */
export function commentFault({ length }: string, what = 'comment'): string {
  if (length <= MOST_COMMENT) return '';
  const most = MOST_COMMENT.toLocaleString('en-US');
  return `Your ${what} has ${length.toLocaleString('en-US')} characters, and ${most} is the most: please shorten it, then decide. Nothing was recorded.`;
}
