import { withFewMarks } from '../kit/text.ts';

/** This many words in the same order are no coincidence. */
const RUN = 6;
/** A longer text has more words than a run. */
const LONGEST_RUN = 500;

/** A body has no more characters; those that expand to eighteen could exceed it. */
const LONGEST_TEXT = 1_000_000;

export interface Words {
  /** Free texts that models answered with, each one sentence or many. */
  said: readonly string[];
  /** A stranger's words: the text, and the body's other free text. */
  written: readonly string[];
  /** Names that code declared, such as labels and ids of passages: nobody's words. */
  names: ReadonlySet<string>;
}

/**
 * True if a reason repeats a model's or a stranger's words: all of a short text, or six words in a row of a
 * long one. Reasons appear in lists, timelines, mails and logs, where no words of an item may be.
 */
export function repeats(reason: string, { said, written, names }: Words): boolean {
  const unnamed = (text: string) =>
    wordsOf([...names].reduce((rest, name) => rest.replaceAll(name, ' '), text));
  const spoken = ` ${unnamed(reason).join(' ')} `;
  // One common word is no quotation of a subject line.
  const whole = [...said, ...written.filter((text) => /\d|@|\S\s+\S/.test(text))]
    .filter((text) => text.length < LONGEST_RUN && !names.has(text))
    .map(unnamed)
    .filter((words) => words.length > 0 && words.length <= RUN);
  if (whole.some((words) => spoken.includes(` ${words.join(' ')} `))) return true;
  const words = wordsOf(reason);
  if (words.length < RUN) return false;
  const sources = [...said, ...written].map((text) => ` ${wordsOf(text).join(' ')} `);
  return words
    .slice(0, words.length - RUN + 1)
    .map((_, at) => ` ${words.slice(at, at + RUN).join(' ')} `)
    .some((run) => sources.some((source) => source.includes(run)));
}

function wordsOf(text: string): string[] {
  return (
    withFewMarks(text)
      .normalize('NFKC')
      .slice(0, LONGEST_TEXT)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
