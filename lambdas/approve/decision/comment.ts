import { isBlank } from '../../kit/text.ts';

/** Reasons are read by people and kept for years: longer text belongs in a document. In UTF-16 units. */
export const MOST_COMMENT = 2000;

/**
 * A form sends CRLF line ends: they count as one character, as in the field. Invisible text counts as empty.
 */
export function readComment(text: string | undefined): string {
  return isBlank(text) ? '' : (text ?? '').replaceAll('\r\n', '\n').trim();
}

/** What is wrong with a comment, or empty. If we cut it, it would no longer be what somebody decided with. */
export function commentFault({ length }: string, what = 'comment'): string {
  if (length <= MOST_COMMENT) return '';
  const most = MOST_COMMENT.toLocaleString('en-US');
  return `Your ${what} has ${length.toLocaleString('en-US')} characters; at most ${most} are allowed. Please shorten it, then decide. Nothing was recorded.`;
}
