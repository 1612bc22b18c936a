/** A known value in a text; from `start` up to `end`, in UTF-16 units. */
export interface Hit {
  start: number;
  end: number;
  value: string;
}

/** Beginnings of this length tell almost all positions of a text that no value begins there. */
const PREFIX = 3;

/**
 * Finds known values as whole words, the longest first, in time proportional to the text: at each place only the lengths that values
 * with that beginning have are looked at.
 */
export class KnownValues {
  readonly #values = new Set<string>();
  /** Lengths of the values with a beginning, longest first. */
  readonly #lengths = new Map<string, number[]>();

  add(value: string): void {
    if (value === '' || this.#values.has(value)) return;
    this.#values.add(value);
    const lengths = this.#lengths.get(value.slice(0, PREFIX)) ?? [];
    if (!lengths.includes(value.length)) lengths.push(value.length);
    lengths.sort((a, b) => b - a);
    this.#lengths.set(value.slice(0, PREFIX), lengths);
  }

  *in(text: string): Generator<Hit> {
    if (this.#values.size === 0) return;
    for (let at = 0; at < text.length; ) {
      const value = this.#at(text, at);
      if (value !== undefined) yield { start: at, end: at + value.length, value };
      at += value?.length ?? 1;
    }
  }

  #at(text: string, at: number): string | undefined {
    for (let length = PREFIX; length > 0; length -= 1) {
      const beginning = text.slice(at, at + length);
      for (const most of this.#lengths.get(beginning) ?? []) {
        // A beginning that is shorter belongs to values of its own length alone.
        if (length < PREFIX && most !== length) continue;
        const value = text.slice(at, at + most);
        if (this.#values.has(value) && isWhole(text, at, at + most)) return value;
      }
    }
    return undefined;
  }
}

const WORD = /[\p{L}\p{N}]/u;
const POINT = /[.,]/;
const DIGIT = /\p{N}/u;

/** Not a part of a longer word or number: `1234` in `1234.50` is none. */
function isWhole(text: string, start: number, end: number): boolean {
  const [before = '', first = '', last = '', after = ''] = [
    text[start - 1],
    text[start],
    text[end - 1],
    text[end],
  ];
  if (WORD.test(before) && WORD.test(first)) return false;
  if (WORD.test(after) && WORD.test(last)) return false;
  const goesOn = DIGIT.test(last) && POINT.test(after) && DIGIT.test(text[end + 1] ?? '');
  const began = DIGIT.test(first) && POINT.test(before) && DIGIT.test(text[start - 2] ?? '');
  return !goesOn && !began;
}
