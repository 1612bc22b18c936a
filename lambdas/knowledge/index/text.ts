import { shownText } from '../../kit/text.ts';

/*
 * The text of a document as a reader sees it. What only a machine would see (comments, characters without a shape) may hold orders to
 * the model, and is no part of any passage.
 */

/** Zero-width characters that a script or an emoji needs stand between letters, alone: a row of them spells something. */
const SMUGGLED =
  /(?:[\uFE00-\uFE0F]|[\u200C\u200D]|[\u{E0100}-\u{E01EF}]){2,}|[\u00AD\u115F\u1160\u17B4\u17B5\u3164\uFFA0\u2800]/gu;

/** Markdown without its comments, its head and invisible characters. */
export function visible(markdown: string): string {
  return withoutHead(withoutComments(shownText(markdown).replaceAll(SMUGGLED, '')));
}

/* By hand: a pattern for what may not be closed takes quadratic time. */
function withoutComments(text: string): string {
  let seen = '';
  let from = 0;
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 4);
    seen += text.slice(from, at);
    if (end < 0) return seen;
    from = end + 3;
  }
  return seen + text.slice(from);
}

/** YAML between lines of `---` at the beginning. */
function withoutHead(text: string): string {
  if (!text.startsWith('---\n')) return text;
  const end = text.indexOf('\n---', 3);
  const after = end < 0 ? -1 : text.indexOf('\n', end + 1);
  return end < 0 ? text : after < 0 ? '' : text.slice(after + 1);
}
