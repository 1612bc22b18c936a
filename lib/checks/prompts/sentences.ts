/** One rule of a prompt, by the line on which it begins. */
export interface Sentence {
  line: number;
  text: string;
  /** What it is about: its words but those that only connect, or say whether and how. */
  about: ReadonlySet<string>;
  /** Whether it forbids. */
  forbids: boolean;
}

const FORBIDS = /^(?:not|never|no|none|nothing|cannot|don't|without)$/;
const CONNECTS = new Set(
  `a an the and or of to in on at by for with from as is are be it its this that these those you your only always must may should can do
  does if when where whether then also all each every any one please ever`.split(/\s+/),
);

/** The sentences of a prompt: a list's entries are sentences of their own, code blocks are none. */
export function sentencesOf(prompt: string): Sentence[] {
  let inCode = false;
  return prompt.split('\n').flatMap((line, at) => {
    if (line.startsWith('```')) inCode = !inCode;
    if (inCode || line.startsWith('```')) return [];
    return line
      .replace(/^\s*(?:[-*]|\d+\.)\s+/, '')
      .split(/(?<=[.!?;])\s+/)
      .map((text) => sentence(text.trim(), at + 1))
      .filter(({ about }) => about.size > 0);
  });
}

function sentence(text: string, line: number): Sentence {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'_-]+/gu) ?? [];
  return {
    ...{ line, text },
    about: new Set(words.filter((word) => !FORBIDS.test(word) && !CONNECTS.has(word)).map(stem)),
    forbids: words.some((word) => FORBIDS.test(word)),
  };
}

/** Enough for a rule that is written twice: `label` and `labels`, `quote` and `quoted`. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|e)$/, '') : word;
}

/** The share of what two sentences are about that both have, from 0 to 1. */
export function likeness(one: Sentence, other: Sentence): number {
  const shared = [...one.about].filter((word) => other.about.has(word)).length;
  return shared / (one.about.size + other.about.size - shared);
}

export function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
