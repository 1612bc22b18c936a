import { InputError } from '../../shared/errors.ts';
import type { Prepared, Received } from '../../shared/item.ts';
import type { StageContext } from '../context.ts';
import { htmlToText } from './html.ts';
import { suspicionsIn } from './suspicion.ts';

/** About 5,000 tokens: longer mails repeat themselves in quoted history, and each character is paid for at every step. */
const MAX_CHARACTERS = 20_000;

const AUTOMATIC = /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of office|undeliverable|delivery status notification)\b/i;

/** Mark-up off, one kind of white space, one form of Unicode, quoted history cut off, length bounded. */
export function prepare<Body>(
  item: Received<Body>,
  { automation }: Pick<StageContext, 'automation'>,
): Prepared<Body> {
  const { subject = '', text, html } = automation.content(item.body);
  const written = text?.trim() ? text : htmlToText(html ?? '');
  const words = normalise([subject, written].filter((part) => part.trim()).join('\n\n'));
  if (!words) throw new InputError('the item has no text: there is nothing to evaluate');
  return {
    ...item,
    text: words.slice(0, MAX_CHARACTERS),
    suspicions: suspicionsIn(words),
    automatic: AUTOMATIC.test(subject) || AUTOMATIC.test(written),
  };
}

function normalise(text: string): string {
  return withoutHistory(text.normalize('NFKC'))
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' || character === '\t' ? character : ''))
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/* What is below the first of these lines was written before, by somebody else. The first line is always kept. */
const HISTORY = /^(?:>.*|On .{4,200} wrote:|-{2,} ?(?:Original Message|Forwarded message) ?-{2,}|_{10,}|-- ?)$/i;

function withoutHistory(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && HISTORY.test(line.trim()));
  const kept = end === -1 ? lines : lines.slice(0, end);
  return kept.some((line) => line.trim()) ? kept.join('\n') : text;
}
