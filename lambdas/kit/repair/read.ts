import type { Doubt } from '../../contract/intake/repair.ts';
import type { Node } from './node.ts';
import { scalarIn, under } from './node.ts';
import {
  BARE_NAME,
  CLOSING,
  ESCAPES,
  isComment,
  LITERALS,
  NEXT_MEMBER,
  NUMBER,
  OPENING,
  SPACE,
  WORD,
} from './signs.ts';

/*
 * Reads JSON that somebody wrote by hand, by string concatenation, or in the manner of Python and JavaScript. It reads each character
 * once, invents no value, and loses none without saying so: what may be meant in two ways is a fault, what is merely unlikely a
 * doubt. JSON without a fault reads as `JSON.parse` has it.
 */

export type Read =
  | {
      node: Node;
      doubts: ReadonlySet<Doubt>;
      /** Pointer of the value that was cut off. */
      cutAt?: string;
    }
  | { fault: string };

/** Deeper than any body; each level is a call on the stack. */
const MOST_DEPTH = 100;

class Fault extends Error {}

/** @returns what the text says, or why it says nothing for sure, in words of ours */
export function readTolerantly(text: string): Read {
  const reader = new Reader(text);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #cutAt: string | undefined;
  readonly #doubts = new Set<Doubt>();

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  read(): Read {
    const start = this.#text.search(/[[{]/);
    const before = this.#text.slice(0, Math.max(0, start));
    // A bracket behind a quote stands in a text, and a list in prose is often no list.
    const inProse = this.#text.charAt(start) === '[' && /\w/.test(before.replace(/```\w{0,10}/, ''));
    if (start < 0 || inProse || /["'“‘]/.test(before)) return this.#scalar();
    this.#around(before);
    this.#at = start;
    const node = this.#value('');
    const rest = this.#text.slice(this.#at);
    if (/[[{"]/.test(rest)) throw new Fault('it holds more than one JSON document');
    const behind = rest.replace(/^[\s}\]]+/, (it) => {
      if (it.trim()) this.#doubts.add('bracket');
      return '';
    });
    this.#around(behind.replace(/^\s*;\s*$/, ''));
    return { node, doubts: this.#doubts, ...(this.#cutAt === undefined ? {} : { cutAt: this.#cutAt }) };
  }

  /** A text without a bracket is JSON or nothing. */
  #scalar(): Read {
    const node = scalarIn(this.#text);
    if (!node) throw new Fault(this.#text.trim() === '' ? 'it is empty' : 'it is not JSON');
    return { node, doubts: this.#doubts };
  }

  /** What stands before and behind: a fence is the habit of chat programs, anything else may have mattered. */
  #around(text: string): void {
    if (/[^\s\uFEFF]/.test(text.replace(/```[a-z0-9]{0,10}/gi, ''))) this.#doubts.add('prose');
  }

  #value(pointer: string): Node {
    this.#skip();
    const char = this.#text.charAt(this.#at);
    if (char === '') throw new Fault('it breaks off where a value should stand');
    if (char === '{' || char === '[') {
      if (this.#depth === MOST_DEPTH) throw new Fault(`it is nested deeper than ${MOST_DEPTH} levels`);
      this.#depth += 1;
      const node = char === '{' ? this.#object(pointer) : this.#list(pointer);
      this.#depth -= 1;
      return node;
    }
    if (OPENING.includes(char)) return { kind: 'text', text: this.#string(pointer) };
    return this.#bare();
  }

  #object(pointer: string): Node {
    const members = new Map<string, Node>();
    this.#at += 1;
    for (;;) {
      this.#skip();
      if (this.#closes('}', pointer)) return { kind: 'object', members };
      const name = this.#name(pointer);
      const value = this.#value(under(pointer, name));
      if (members.has(name)) throw new Fault('it names one field twice');
      members.set(name, value);
      if (this.#ends('}', pointer)) return { kind: 'object', members };
    }
  }

  #list(pointer: string): Node {
    const items: Node[] = [];
    this.#at += 1;
    for (;;) {
      this.#skip();
      if (this.#closes(']', pointer)) return { kind: 'list', items };
      items.push(this.#value(under(pointer, items.length)));
      if (this.#ends(']', pointer)) return { kind: 'list', items };
    }
  }

  #name(pointer: string): string {
    const quoted = OPENING.includes(this.#text.charAt(this.#at));
    const name = quoted ? this.#string(pointer, true) : this.#match(BARE_NAME);
    if (name === undefined) throw new Fault('a name of a field is expected where there is none');
    this.#skip();
    if (this.#text.charAt(this.#at) === ':') this.#at += 1;
    else if (this.#at >= this.#text.length) throw new Fault('it breaks off behind the name of a field');
    else if (quoted && /["'\d{[tfn-]/.test(this.#text.charAt(this.#at))) this.#doubts.add('colon');
    else throw new Fault('the name of a field is followed by neither a colon nor a value');
    return name;
  }

  /** Takes the closing bracket, or the end of the text in its place. */
  #closes(bracket: '}' | ']', pointer: string): boolean {
    const char = this.#text.charAt(this.#at);
    if (char === '') {
      this.#doubts.add('cut');
      this.#cutAt ??= pointer;
      return true;
    }
    if (char === bracket) this.#at += 1;
    else if (char === '}' || char === ']') throw new Fault('its brackets do not match');
    return char === bracket;
  }

  /** What follows a value: the end, or a comma; true at the end. */
  #ends(bracket: '}' | ']', pointer: string): boolean {
    const lines = this.#skip();
    if (this.#closes(bracket, pointer)) return true;
    if (this.#text.charAt(this.#at) === ',') {
      this.#at += 1;
      this.#skip();
      if (this.#text.charAt(this.#at) === ',') throw new Fault('a value is missing between two commas');
      return false;
    }
    // A line that ends without a comma is an oversight; within a line it may be anything.
    if (!lines && !OPENING.includes(this.#text.charAt(this.#at)))
      throw new Fault('a value is followed by something that is no comma');
    this.#doubts.add('comma');
    return false;
  }

  #string(pointer: string, isName = false): string {
    const closing = CLOSING[this.#text.charAt(this.#at)] ?? '"';
    const parts: string[] = [];
    let from = this.#at + 1;
    /** Quotes that open within the text and do not close there. */
    let odd = false;
    for (let at = from; at < this.#text.length; at += 1) {
      const char = this.#text.charAt(at);
      if (char === '\\') {
        parts.push(this.#text.slice(from, at));
        this.#at = at + 1;
        parts.push(this.#escape());
        from = this.#at;
        at = from - 1;
      } else if (closing.includes(char)) {
        if (this.#isEnd(at + 1, isName)) {
          if (odd) throw new Fault('it has a quote too many, or too few');
          parts.push(this.#text.slice(from, at));
          this.#at = at + 1;
          return parts.join('');
        }
        // Inches stand alone.
        if (!/\d/.test(this.#text.charAt(at - 1))) odd = !odd;
        this.#doubts.add('quotes');
      }
    }
    parts.push(this.#text.slice(from));
    const text = parts.join('');
    // Where a quote was forgotten, a text would swallow what comes after it.
    if (isName || /[}\]:"]/.test(text)) throw new Fault('a text in it has no end');
    this.#at = this.#text.length;
    this.#doubts.add('cut');
    this.#cutAt = pointer;
    return text;
  }

  /** Whether a text ends with the quote before `at`: only where something follows that can follow a text. */
  #isEnd(at: number, isName: boolean): boolean {
    let next = at;
    while (next < this.#text.length && SPACE.test(this.#text.charAt(next))) next += 1;
    const char = this.#text.charAt(next);
    if (char === '' || char === ':') return true;
    if (isName) return /["'{[\dtfn]/.test(char) && next > at;
    if (',}]'.includes(char)) return true;
    if (char === '+') throw new Fault('it adds texts together, as a program does');
    if (OPENING.includes(char) && /[\n\r]/.test(this.#text.slice(at, next))) return true;
    if (char === '/' && '/*'.includes(this.#text.charAt(next + 1))) return true;
    if (char === '#') return true;
    NEXT_MEMBER.lastIndex = next;
    return next > at && NEXT_MEMBER.test(this.#text);
  }

  #escape(): string {
    const char = this.#text.charAt(this.#at);
    this.#at += 1;
    const known = ESCAPES[char];
    if (known !== undefined) {
      if (char === "'" || char === '`') this.#doubts.add('escape');
      return known;
    }
    if (char === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Fault('it holds half an escaped character');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (char === '') throw new Fault('a text in it has no end');
    // `C:\data` as well as a slip: both characters stay.
    this.#doubts.add('escape');
    return char === '\n' ? '\n' : `\\${char}`;
  }

  /** A number, a word of JSON or of Python; anything else that stands without quotes is a text. */
  #bare(): Node {
    const start = this.#at;
    let end = start;
    while (end < this.#text.length && !/[,}\]{[\n\r"]/.test(this.#text.charAt(end))) {
      const next = this.#text.charAt(end + 1);
      if (
        end > start &&
        SPACE.test(this.#text.charAt(end)) &&
        (next === '#' || isComment(this.#text, end + 1))
      )
        break;
      if (isComment(this.#text, end) && this.#text.charAt(end - 1) !== ':') break;
      end += 1;
    }
    if (end >= this.#text.length) throw new Fault('it breaks off within a value');
    const word = this.#text.slice(start, end).trim();
    this.#at = end;
    if (word === '') throw new Fault('a value is missing');
    if (NUMBER.test(word)) return { kind: 'number', source: word };
    if (Object.hasOwn(LITERALS, word)) return { kind: 'literal', value: LITERALS[word] ?? null };
    if (/^(?:NaN|[+-]?Infinity|undefined)$/.test(word))
      throw new Fault('it holds a value that JSON does not have');
    if (!WORD.test(word) || /["{[]/.test(this.#text.charAt(end)))
      throw new Fault('it holds something that is neither a value nor a name');
    this.#doubts.add('word');
    return { kind: 'text', text: word };
  }

  /** White space and comments. @returns whether a line ended there */
  #skip(): boolean {
    let lines = false;
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === '') return lines;
      if (SPACE.test(char)) {
        lines ||= char === '\n' || char === '\r';
        this.#at += 1;
      } else if (char === '#' || isComment(this.#text, this.#at)) {
        this.#doubts.add('comment');
        const block = this.#text.startsWith('/*', this.#at);
        const end = this.#text.indexOf(block ? '*/' : '\n', this.#at + (block ? 2 : 0));
        if (block && end < 0) throw new Fault('a comment in it has no end');
        this.#at = end < 0 ? this.#text.length : end + (block ? 2 : 0);
      } else return lines;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
