/* As much of CSS as says whether a reader sees a text. Every function is linear in its input. */

/** Property to value, lower case, comments and escapes resolved. */
export type Declarations = Map<string, { value: string; important: boolean }>;

export interface Rule {
  /** From the outermost to the element itself. */
  path: readonly Compound[];
  specificity: number;
  declarations: Declarations;
}

export interface Compound {
  tag?: string;
  id?: string;
  classes: readonly string[];
  /** It must be the parent of the next, not just an ancestor. */
  parent: boolean;
}

export interface Sheet {
  rules: Rule[];
  /** Declarations of selectors that are not understood here: whom they hide is not known. */
  unknown: Declarations[];
}

/** Splits at a character outside of quotes and brackets. */
function split(css: string, at: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  let quote = '';
  for (let index = 0; index < css.length && parts.length < most; index += 1) {
    const char = css[index] as string;
    if (char === '\\') index += 1;
    else if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth += 1;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (char === at && depth === 0) {
      parts.push(css.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, css.slice(from)];
}

const withoutComments = (css: string): string => {
  let bare = '';
  let from = 0;
  for (let at = css.indexOf('/*'); at >= 0; at = css.indexOf('/*', from)) {
    const end = css.indexOf('*/', at + 2);
    bare += `${css.slice(from, at)} `;
    if (end < 0) return bare;
    from = end + 2;
  }
  return bare + css.slice(from);
};

const unescaped = (text: string): string =>
  text.replaceAll(
    /\\(?:([0-9a-f]{1,6})\s?|([^\n]))/gi,
    (_, hex: string | undefined, char: string | undefined) =>
      hex === undefined ? (char ?? '') : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  );

/** The declarations of a `style` attribute or of a rule. */
export function declarationsIn(css: string): Declarations {
  const found: Declarations = new Map();
  for (const part of split(withoutComments(css), ';')) {
    const colon = part.indexOf(':');
    if (colon < 0) continue;
    const property = unescaped(part.slice(0, colon)).trim().toLowerCase();
    const said = unescaped(part.slice(colon + 1))
      .trim()
      .toLowerCase();
    const important = /!\s*important$/.test(said);
    const value = important ? said.slice(0, said.lastIndexOf('!')).trim() : said;
    if (important || !found.get(property)?.important) found.set(property, { value, important });
  }
  return found;
}

/** A mail has a few dozen; beyond this the rest is not understood. */
const MOST_RULES = 500;
const MOST_NESTED = 4;

/** The rules of a style sheet that hold on a screen. */
export function sheetIn(css: string, into: Sheet = { rules: [], unknown: [] }): Sheet {
  block(withoutComments(css).replaceAll(/<!--|-->/g, ' '), into, 0);
  return into;
}

function block(css: string, into: Sheet, nested: number): void {
  let from = 0;
  while (from < css.length) {
    const open = css.indexOf('{', from);
    if (open < 0) return;
    const close = closing(css, open);
    // A statement such as @import may stand before the selector.
    const before = css.slice(from, open);
    const head = before.slice(before.lastIndexOf(';') + 1).trim();
    const body = css.slice(open + 1, close);
    from = close + 1;
    if (!head.startsWith('@')) add(head, body, into);
    else if (nested < MOST_NESTED && holds(head)) block(body, into, nested + 1);
  }
}

function closing(css: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let index = open; index < css.length; index += 1) {
    const char = css[index] as string;
    if (char === '\\') index += 1;
    else if (quote) quote = char === quote || char === '\n' ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return css.length;
}

/** Small screens, paper and dark modes are not what is read here. */
function holds(head: string): boolean {
  const text = head.toLowerCase();
  if (/^@(?:supports|layer|container|scope)\b/.test(text)) return true;
  if (!text.startsWith('@media')) return false;
  return text
    .slice(6)
    .split(',')
    .some((query) => !/\bnot\b|\bprint\b|max-|prefers-|device-width|orientation|-webkit-|speech/.test(query));
}

function add(head: string, body: string, into: Sheet): void {
  const declarations = declarationsIn(body.includes('{') ? body.slice(0, body.indexOf('{')) : body);
  for (const selector of split(head, ',', MOST_RULES)) {
    const path = pathOf(selector.trim());
    if (path === 'never') continue;
    if (path === undefined || into.rules.length >= MOST_RULES) {
      if (into.unknown.length < MOST_RULES) into.unknown.push(declarations);
      continue;
    }
    const specificity = path.reduce(
      (sum, { id, classes, tag }) => sum + (id ? 10_000 : 0) + 100 * classes.length + (tag ? 1 : 0),
      0,
    );
    into.rules.push({ path, specificity, declarations });
  }
}

/* States that a text is in only while somebody points at it, and parts that are no text of the message. */
const NEVER =
  /::|:(?:hover|active|focus|visited|target|before|after|first-letter|first-line|checked|placeholder)/i;

function pathOf(selector: string): readonly Compound[] | 'never' | undefined {
  if (NEVER.test(selector)) return 'never';
  const words = selector.replaceAll('>', ' > ').split(/\s+/).filter(Boolean);
  if (words.length === 0 || words.length > 12) return undefined;
  const path: Compound[] = [];
  for (const [at, word] of words.entries()) {
    if (word === '>') continue;
    const parts = /^([a-z][\w-]*|\*)?((?:[.#](?:\\.|[\w-]|[^\p{ASCII}])+)*)$/iu.exec(word);
    if (!parts) return undefined;
    const names = (parts[2] ?? '').match(/[.#](?:\\.|[^.#\\])+/g) ?? [];
    const of = (mark: string) =>
      names.filter((name) => name.startsWith(mark)).map((name) => unescaped(name.slice(1)));
    const [id] = of('#');
    path.push({
      ...(parts[1] && parts[1] !== '*' ? { tag: parts[1].toLowerCase() } : {}),
      ...(id ? { id } : {}),
      classes: of('.'),
      parent: words[at + 1] === '>',
    });
  }
  return path;
}
