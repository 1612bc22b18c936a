import { cutText } from '../../kit/text.ts';

/* Documents in pieces, by their structure: headings, paragraphs, lists, tables. */

/** A piece of a document. */
export interface Piece {
  /** Headings from the outermost on, joined by ` › `, or a page. */
  place: string;
  text: string;
}

export interface ChunkOptions {
  /** Each paragraph, list or table by itself, as it is sent to people. @default they are joined up to `MOST_CHARACTERS` */
  apart?: boolean;
}

/** About 300 tokens: a procedure of a page is two or three. */
export const MOST_CHARACTERS = 1_200;
const JOINT = ' › ';
/** Of a heading, as it is named. */
const LONGEST_HEADING = 120;

interface Block {
  lines: string[];
  kind: 'text' | 'list' | 'table' | 'code';
}

/** The pieces of a Markdown text, in its order. */
export function chunk(markdown: string, { apart = false }: ChunkOptions = {}): Piece[] {
  const pieces: Piece[] = [];
  for (const { path, blocks, isParent } of sectionsOf(markdown)) {
    const place = path.join(JOINT);
    const texts = blocks.flatMap(split);
    // A heading with nothing below it, not even another, says something all the same.
    if (texts.length === 0 && !isParent && path.length > 0) texts.push(path.at(-1) ?? '');
    for (const text of apart ? texts : packed(texts)) if (text.trim()) pieces.push({ place, text });
  }
  return pieces;
}

interface Section {
  path: readonly string[];
  blocks: Block[];
  /** Headings of a lower level follow. */
  isParent: boolean;
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/;
const ROW = /^\s*\|/;

function sectionsOf(markdown: string): Section[] {
  const open: { level: number; title: string }[] = [];
  let section: Section = { path: [], blocks: [], isParent: false };
  const sections = [section];
  let block: Block | undefined;
  let fence: string | undefined;
  const begin = (level: number, title: string) => {
    const above = open.length;
    while ((open.at(-1)?.level ?? 0) >= level) open.pop();
    section.isParent = open.length === above;
    const whole = title.trim();
    open.push({ level, title: cutText(whole, LONGEST_HEADING) });
    const blocks: Block[] = whole.length > LONGEST_HEADING ? [{ kind: 'text', lines: [whole] }] : [];
    section = { path: open.map((it) => it.title), blocks, isParent: false };
    sections.push(section);
    block = undefined;
  };
  const lines = markdown.split('\n');
  for (const [at, raw] of lines.entries()) {
    const line = raw.trimEnd();
    const fenced = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      block?.lines.push(line);
      if (fenced?.startsWith(fence)) [fence, block] = [undefined, undefined];
      continue;
    }
    const [, signs, title] = HEADING.exec(line) ?? [];
    if (signs && title) {
      begin(signs.length, title.replace(/[ \t]#+$/, ''));
      continue;
    }
    if (isUnderline(line) && block?.kind === 'text' && block.lines.length === 1 && lines[at - 1]?.trim()) {
      section.blocks.pop();
      begin(line.includes('=') ? 1 : 2, block.lines[0] ?? '');
      continue;
    }
    if (line.trim() === '') {
      // An item of a list may have paragraphs, and blank lines between it and the next.
      const next = lines[at + 1] ?? '';
      const goesOn = block?.kind === 'list' && (ITEM.test(next) || /^\s{2,}\S/.test(next));
      if (!goesOn) block = undefined;
      continue;
    }
    const kind = fenced ? 'code' : ROW.test(line) ? 'table' : ITEM.test(line) ? 'list' : 'text';
    // A list belongs to the line directly above it, which says what it is of; a line directly below an item belongs to that item.
    if (block?.kind === 'text' && kind === 'list') block.kind = 'list';
    const same = block && (block.kind === kind || (block.kind === 'list' && kind === 'text'));
    if (!same) {
      block = { kind, lines: [] };
      section.blocks.push(block);
    }
    block?.lines.push(line);
    fence = fenced;
  }
  return sections;
}

function isUnderline(line: string): boolean {
  return /^ {0,3}(?:=+|-{2,})$/.test(line);
}

/** Short enough texts: a list at its items, a table at its rows with its head again, a text at its sentences. */
function split({ kind, lines }: Block): string[] {
  const whole = lines.join('\n');
  if (whole.length <= MOST_CHARACTERS) return [whole];
  switch (kind) {
    case 'list':
      return packed(itemsOf(lines).flatMap(short), '\n');
    case 'table': {
      const head = /^[\s|:-]+$/.test(lines[1] ?? '') ? lines.slice(0, 2) : [];
      const room = MOST_CHARACTERS - head.join('\n').length - 1;
      // A head as long as a piece is not said again.
      if (room < MOST_CHARACTERS / 2) return packed(lines.flatMap(short), '\n');
      const rows = packed(lines.slice(head.length).flatMap(short), '\n', room);
      return rows.map((row) => [...head, row].join('\n'));
    }
    case 'code':
      return packed(lines.flatMap(short), '\n');
    default:
      return short(whole);
  }
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[][] = [];
  for (const line of lines) {
    if (items.length === 0 || (ITEM.test(line) && !/^\s{2,}/.test(line))) items.push([line]);
    else items.at(-1)?.push(line);
  }
  return items.map((item) => item.join('\n'));
}

function short(text: string): string[] {
  if (text.length <= MOST_CHARACTERS) return [text];
  const sentences = sentencesOf(text).flatMap((sentence) => pieces(sentence));
  return packed(sentences, ' ');
}

const END = /[.!?…](?:["'”’)\]]{0,3})(?=\s)|[。！？]|\n+/gu;

/** The sentences of a text. Joined by blanks they are its words again. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(END)) {
    sentences.push(text.slice(from, index + sign.length));
    from = index + sign.length;
  }
  return [...sentences, text.slice(from)].map((sentence) => sentence.trim()).filter((it) => it !== '');
}

/** What has no sentences is cut between words, and what has no words anywhere. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const window = cutText(rest, MOST_CHARACTERS);
    const gap = window.length < rest.length ? window.lastIndexOf(' ') : -1;
    const end = gap > MOST_CHARACTERS / 2 ? gap : Math.max(1, window.length);
    found.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return found;
}

/** Neighbours together, as many as there is room for. */
function packed(texts: readonly string[], joint = '\n\n', most = MOST_CHARACTERS): string[] {
  const joined: string[] = [];
  let parts: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (parts.length > 0 && length + joint.length + text.length > most) {
      joined.push(parts.join(joint));
      [parts, length] = [[], 0];
    }
    length += text.length + (parts.length > 0 ? joint.length : 0);
    parts.push(text);
  }
  return parts.length > 0 ? [...joined, parts.join(joint)] : joined;
}
