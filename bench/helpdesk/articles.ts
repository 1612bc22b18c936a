/*
 * The documents of τ-Knowledge as a help centre: what customers may read, in passages that stand by themselves, and what only staff may.
 * No word is changed; signs of mark-up that a plain mail would show are taken off, and rows of tables become items of lists.
 */

/** A line of `documents.jsonl`. */
export interface SourceDocument {
  id: string;
  title: string;
  content: string;
}

/** A file of a collection: its name below the collection's folder, and its Markdown. */
export interface Article {
  file: string;
  markdown: string;
}

/** Speaks to staff, or of customers in the third person, or names a tool or a code: never sent to anybody. */
const FOR_STAFF =
  /\binternal(?:ly)?\b|\b\w+_\d{3,}\b|\b(?:the|a|each|every|any) (?:customer|user)\b|\bcustomers? (?:who|must|is|has|are)\b|\bagents?\b|\brepresentatives?\b|\bbypass\b|\bCODE \d|\bSENSITIVE\b|\bescalat/i;

export function isForStaff({ title, content }: SourceDocument): boolean {
  return FOR_STAFF.test(title) || FOR_STAFF.test(content);
}

/** A gap that the authors left: nobody is sent it. */
const GAP = /\[[^\]]*not available[^\]]*\]|\bN\/A\b|\bTBD\b/i;

/** A passage is read in a mail: about half a page. */
const MOST_CHARACTERS = 700;
const LEAST_CHARACTERS = 60;

/** One file for each product, in the order of the documents. */
export function articlesOf(documents: readonly SourceDocument[], outward: boolean): Article[] {
  const groups = Map.groupBy(documents, ({ id }) => id.replace(/^doc_/, '').replace(/_\d+$/, ''));
  return [...groups].flatMap(([group, held]) => {
    const bodies = held.flatMap((document) => (outward ? ofCustomers(document) : ofStaff(document)));
    if (bodies.length === 0) return [];
    const name = group.replaceAll(/[^a-z0-9]+/g, '-').replace(/-+$/, '');
    return [{ file: `${name}.md`, markdown: `# ${titleOf(group)}\n\n${bodies.join('\n\n')}\n` }];
  });
}

function titleOf(group: string): string {
  const words = group.replaceAll(/[_-]+/g, ' ').replaceAll(/[()]/g, '').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** As it is, one level down: its passages are for staff and models. */
function ofStaff({ title, content }: SourceDocument): string[] {
  return [`## ${title}\n\n${content.replaceAll(/^(#{1,4}) /gm, '##$1 ').trim()}`];
}

/** Each section a passage of its own, which says first what it is about. */
function ofCustomers({ title, content }: SourceDocument): string[] {
  const passages = sectionsOf(content).flatMap(({ heading, lines }) => passagesOf(title, heading, lines));
  return passages.length > 0 ? [`## ${title}\n\n${passages.join('\n\n')}`] : [];
}

interface Section {
  heading: string;
  lines: string[];
}

function sectionsOf(content: string): Section[] {
  const sections: Section[] = [{ heading: '', lines: [] }];
  for (const raw of content.split('\n')) {
    const line = raw.trimEnd();
    const heading = /^#{1,6}\s+(.+)$/.exec(line)?.[1] ?? /^\*\*([^*]+)\*\*:?$/.exec(line.trim())?.[1];
    if (heading) sections.push({ heading: plain(heading).replace(/[:.]$/, ''), lines: [] });
    else if (line.trim() && !/^\s*(?:[-*_]{3,}|`{3}.*)$/.test(line)) sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ heading, lines }) => ({ heading, lines: withoutTables(lines).map(plain) }));
}

const plain = (text: string): string =>
  text
    .replaceAll(/\*\*|__/g, '')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '');

/** Rows of two cells become `- one: other`, of more `- one: head other, head other`. */
function withoutTables(lines: readonly string[]): string[] {
  let head: string[] | undefined;
  return lines.flatMap((line) => {
    if (!/^\s*\|/.test(line)) {
      head = undefined;
      return [line];
    }
    const cells = line
      .trim()
      .replaceAll(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim());
    if (head === undefined) {
      head = cells;
      return [];
    }
    if (cells.every((cell) => /^:?-+:?$/.test(cell))) return [];
    const [first = '', ...others] = cells;
    const named = others.map((cell, at) => (others.length > 1 ? `${head?.[at + 1]} ${cell}` : cell));
    return [`- ${first}: ${named.join(', ')}`];
  });
}

function passagesOf(title: string, heading: string, lines: readonly string[]): string[] {
  const about = heading && heading !== title ? `${title} – ${heading}:` : `${title}:`;
  const passages: string[][] = [];
  let length = 0;
  for (const line of lines) {
    const isFirst = passages.length === 0;
    const startsAnew = !/^\s/.test(line) && length + line.length > MOST_CHARACTERS;
    if (isFirst || startsAnew) {
      passages.push([about]);
      length = about.length;
    }
    passages.at(-1)?.push(line);
    length += line.length + 1;
  }
  return passages
    .map((held) => held.join('\n'))
    .filter((text) => text.length >= LEAST_CHARACTERS && !GAP.test(text) && text.length <= 1_150);
}
