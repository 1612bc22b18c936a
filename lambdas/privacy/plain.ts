import { htmlToText } from '../kit/html/html.ts';
import { withFewMarks } from '../kit/text.ts';

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** What a reader sees in a text, and a pattern may not: through mark-up, full-width digits, invisible characters, the `@` of a link. */
export function plain(text: string): string {
  const shown = /<[a-z!/]|&#?\w/i.test(text) ? htmlToText(text).text : text;
  return withFewMarks(shown).normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll('%40', '@');
}
