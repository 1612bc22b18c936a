import { htmlToText } from '../../kit/html/html.ts';

/*
 * What Markdown holds and shows to nobody: definitions of links, which people write comments with, and HTML that hides its text. It
 * may hold orders to a model, and would go out with a passage. Code stays as it is: there a reader sees all of it.
 */

/** Markdown without what its reader does not see. Linear in time. */
export function withoutUnseen(markdown: string): string {
  return withoutHidden(withoutDefinitions(markdown.split('\n')).join('\n'));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const PREFIX = /^ ?(?:(?:>|[-*+](?= )|\d{1,9}[.)](?= )) ?)+/;
/** A footnote, `[^1]: …`, is shown. */
const LABEL = /^ ?\[(?!\^)(?:\\.|[^\]\\])+\]:/;
const TITLE = /^(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))?$/;
const TARGET = /^ ?(?:<[^<>]*>|[^ <][^ ]*)(?: |$)/;
/** Behind these a paragraph has ended: within one, a definition is a text. */
const ENDS = /^\s*$|^ {0,3}#{1,6}(?:\s|$)|^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
/** Lines of one definition. */
const MOST_LINES = 20;

function withoutDefinitions(lines: readonly string[]): string[] {
  const left: string[] = [];
  let [mayBegin, fence] = [true, ''];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fenced = FENCE.exec(line)?.[1];
    const wasCode = fence !== '';
    if (!wasCode && fenced) fence = fenced;
    else if (wasCode && fenced?.startsWith(fence)) fence = '';
    const isCode = wasCode || fence !== '';
    const end = isCode ? undefined : endOfDefinition(lines, at, mayBegin);
    mayBegin = isCode || end !== undefined || ENDS.test(line);
    if (end === undefined) left.push(line);
    else at = end;
  }
  return left;
}

/** The last line of the definition that begins here; undefined where none does. */
function endOfDefinition(lines: readonly string[], at: number, mayBegin: boolean): number | undefined {
  const own = (lines[at] ?? '').replaceAll(/\s+/g, ' ').trimEnd();
  const inner = own.replace(PREFIX, '');
  if ((!mayBegin && inner === own) || !LABEL.test(inner)) return undefined;
  let text = inner;
  for (let end = at; end < at + MOST_LINES; end += 1) {
    const next = (lines[end + 1] ?? '').replaceAll(/\s+/g, ' ').trim();
    if (isDefinition(text)) return next !== '' && isDefinition(`${text} ${next}`) ? end + 1 : end;
    if (next === '') return undefined;
    text += ` ${next}`;
  }
  return undefined;
}

function isDefinition(text: string): boolean {
  const behind = text.replace(LABEL, '');
  return TARGET.test(behind) && TITLE.test(behind.replace(TARGET, '').trim());
}

const OPENING = /^<([a-z][a-z0-9-]*)((?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*)?)>/i;
const LONGEST_TAG = 2000;
const MAY_HIDE = /\s(?:hidden|style)(?:[\s=/]|$)/i;
const NEVER_SHOWN = ['script', 'style', 'template', 'noscript', 'head', 'title', 'iframe', 'object'];
const WITHOUT_END = ['br', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr', 'area', 'col', 'embed'];
/** So often the length of a text is read for elements one by one, as they may lie in each other; what is left then is read as HTML. */
const MOST_READ = 4;

/** Elements that hide something are replaced by what they show; all others stay as they are. */
function withoutHidden(text: string): string {
  const unmatched = new Set<string>();
  const signs = /[<`]/g;
  let [out, from, room] = ['', 0, MOST_READ * text.length];
  for (let sign = signs.exec(text); sign; sign = signs.exec(text)) {
    const at = sign.index;
    if (sign[0] === '`') {
      signs.lastIndex = endOfCode(text, at, unmatched);
      continue;
    }
    const [tag, name, attributes = ''] = OPENING.exec(text.slice(at, at + LONGEST_TAG)) ?? [];
    if (tag === undefined || name === undefined) continue;
    const isUnseen = NEVER_SHOWN.includes(name.toLowerCase());
    if (!isUnseen && !MAY_HIDE.test(attributes)) continue;
    const behind = at + tag.length;
    const end = room > 0 ? endOf(text, behind, name) : text.length;
    const shown = isUnseen ? '' : htmlToText(text.slice(at, end)).text;
    const hides = isUnseen || room <= 0 || shown !== htmlToText(`<${name}>${text.slice(behind, end)}`).text;
    room -= end - at;
    signs.lastIndex = hides ? end : behind;
    if (!hides) continue;
    out += text.slice(from, at) + shown;
    from = end;
  }
  return out + text.slice(from);
}

/** Behind its end tag, or behind all where it has none. */
function endOf(text: string, from: number, name: string): number {
  if (WITHOUT_END.includes(name.toLowerCase())) return from;
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])[^<>]*>`, 'gi');
  tags.lastIndex = from;
  let depth = 1;
  for (let tag = tags.exec(text); tag; tag = tags.exec(text)) {
    depth += tag[1] ? -1 : 1;
    if (depth === 0) return tags.lastIndex;
  }
  return text.length;
}

/** Behind a stretch of code, which ends with as many backticks as it begins with; without an end they are text. */
function endOfCode(text: string, at: number, unmatched: Set<string>): number {
  let begin = at;
  while (text[begin] === '`') begin += 1;
  const signs = text.slice(at, begin);
  if (unmatched.has(signs)) return begin;
  for (let end = text.indexOf(signs, begin); end >= 0; ) {
    let behind = end;
    while (text[behind] === '`') behind += 1;
    if (behind - end === signs.length) return behind;
    end = text.indexOf(signs, behind);
  }
  unmatched.add(signs);
  return begin;
}
