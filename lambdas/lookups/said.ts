import { BETWEEN, lineOf, linesOf } from '../contract/steps/lookup.ts';

/** What sources said of an item, line by line: evidence that names a lookup is held against it. */
export class Said {
  readonly #lines = new Map<string, Set<string>>();

  add(lookup: string, answer: unknown): void {
    const lines = this.#lines.get(lookup) ?? new Set();
    for (const [field, value] of linesOf(answer)) lines.add(lineOf(field, value));
    this.#lines.set(lookup, lines);
  }

  says(lookup: string, quote: string): boolean {
    const lines = this.#lines.get(lookup);
    return lines !== undefined && quote.split(BETWEEN).every((line) => lines.has(line));
  }
}
