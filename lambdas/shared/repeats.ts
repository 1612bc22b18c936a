/** So many words of the same order are no accident. */
const RUN = 6;

/** What a reason may not repeat. */
export interface Words {
  /** Free texts that models answered with, each one sentence or many. */
  said: readonly string[];
  /** What a stranger wrote. */
  text: string;
}

/**
 * True when a reason repeats a model's or a stranger's words: all of a model's answer, or six words in a row. Reasons stand in
 * lists, timelines, mails and logs, where no words of an item may be.
 */
export function repeats(reason: string, { said, text }: Words): boolean {
  const words = wordsOf(reason);
  const spoken = ` ${words.join(' ')} `;
  const whole = said.map(wordsOf).filter((all) => all.length > 0 && all.length <= RUN);
  if (whole.some((all) => spoken.includes(` ${all.join(' ')} `))) return true;
  if (words.length < RUN) return false;
  const sources = [...said, text].map((source) => ` ${wordsOf(source).join(' ')} `);
  return words
    .slice(0, words.length - RUN + 1)
    .map((_, at) => ` ${words.slice(at, at + RUN).join(' ')} `)
    .some((run) => sources.some((source) => source.includes(run)));
}

function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
