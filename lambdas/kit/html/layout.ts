/** Begins a line in which, by its mark-up, a mail program says who wrote what follows. No input holds it. */
export const ATTRIBUTED = '\uE000';

const DIGIT = /\p{N}/u;

/** Puts the text of a page into lines, with a gap wherever a reader sees one. */
export class Layout {
  readonly #out: string[] = [];
  #breaks = 0;
  #last = '';
  #gap = '';
  #mark = '';
  quotes = 0;

  get isEmpty(): boolean {
    return this.#out.length === 0;
  }

  text(written: string, preformatted: boolean): void {
    const own = written.replaceAll(ATTRIBUTED, '');
    const text = preformatted ? own : own.replaceAll(/[ \t\r\n\f]+/g, ' ');
    if (text === '' || (text.trim() === '' && (this.#breaks > 0 || this.#last === '') && !preformatted))
      return;
    this.#newLine();
    const [first = ''] = text;
    // Where something stands between two numbers, they are two.
    if (
      this.#gap &&
      this.#last.trim() &&
      (this.#gap !== ' ' || (DIGIT.test(this.#last) && DIGIT.test(first)))
    )
      this.#out.push(this.#gap);
    this.#gap = '';
    this.#out.push(text);
    this.#last = text.at(-1) ?? '';
  }

  #newLine(): void {
    if (this.#breaks === 0 && this.#out.length > 0) return;
    if (this.#out.length > 0) this.#out.push('\n'.repeat(this.#breaks));
    this.#out.push(this.#mark, '> '.repeat(Math.min(this.quotes, 5)));
    this.#breaks = 0;
    this.#last = '';
    this.#gap = '';
    this.#mark = '';
  }

  /** What follows stands in another line, or below an empty one. */
  block(lines: 1 | 2): void {
    this.#breaks = Math.max(this.#breaks, lines);
  }

  br(): void {
    this.#breaks = Math.min(3, this.#breaks + 1);
  }

  /** Who wrote what follows: in a line of its own. */
  attribution(): void {
    this.block(1);
    this.#mark = ATTRIBUTED;
  }

  /** What follows is seen apart: by a space, between two numbers by a line. */
  cell(): void {
    this.#gap = '\t';
  }

  /** A number that follows is not the same number. */
  apart(): void {
    this.#gap ||= ' ';
  }

  /** Text that is raised or lowered is no part of the number before it. */
  mark(sign: string): void {
    this.#gap = sign;
  }

  toString(): string {
    return this.#out.join('').replaceAll(/(?<=\p{N})\t(?=\p{N})/gu, ' | ');
  }
}
