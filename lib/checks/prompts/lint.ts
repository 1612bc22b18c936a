import { likeness, type Sentence, sentencesOf, wordsIn } from './sentences.ts';

/** What could be better about a prompt. It is a hint: code cannot read. */
export interface Hint {
  rule:
    | 'long'
    | 'grown'
    | 'repeated'
    | 'conflicting'
    | 'unexplained'
    | 'unused'
    | 'example'
    | 'unfit'
    | 'review';
  /** Counted from 1. @default the prompt as a whole */
  line?: number;
  says: string;
}

export interface Context {
  /** What the answer must be one of; of the step `route` alone. */
  labels?: readonly string[] | undefined;
  /** The version before it, where it lies in the folder. */
  before?: { version: string; text: string } | undefined;
}

/** About 2,000 tokens: as much as a long message. */
const LONG_WORDS = 1500;
const GROWN = { factor: 1.5, words: 100 };
/** Of sentences that are about fewer things, two are easily alike. */
const LEAST_ABOUT = 3;
const ALIKE = 0.8;

/** What can be told of a prompt by its text. */
export function lintText(text: string, { labels, before }: Context = {}): Hint[] {
  const sentences = sentencesOf(text);
  return [
    ...lengthOf(text, before),
    ...pairsOf(sentences),
    ...boundsOf(sentences),
    ...(labels ? labelsOf(text, labels) : []),
  ];
}

function lengthOf(text: string, before: Context['before']): Hint[] {
  const words = wordsIn(text);
  const was = before ? wordsIn(before.text) : words;
  return [
    ...(words > LONG_WORDS
      ? [
          hint(
            'long',
            `it has ${words} words, and every item pays for them: say less, or put facts into 'knowledge'`,
          ),
        ]
      : []),
    ...(before && words > was * GROWN.factor && words - was > GROWN.words
      ? [
          hint(
            'grown',
            `it has ${words} words, ${before.version} had ${was}: take out what the new rules replace`,
          ),
        ]
      : []),
  ];
}

function pairsOf(sentences: readonly Sentence[]): Hint[] {
  return sentences.flatMap((one, at) =>
    sentences.slice(at + 1).flatMap((other) => {
      if (Math.min(one.about.size, other.about.size) < LEAST_ABOUT || likeness(one, other) < ALIKE) return [];
      return one.forbids === other.forbids
        ? [hint('repeated', `it says what line ${one.line} says`, other.line)]
        : [
            hint(
              'conflicting',
              `it forbids what line ${one.forbids ? other.line : one.line} asks for`,
              (one.forbids ? one : other).line,
            ),
          ];
    }),
  );
}

const BOUND =
  /\b(at most|no more than|up to|at least|no fewer than|exactly)\s+(\p{L}+|\d+)\s+(?:\p{L}+\s+)?(words?|sentences?|lines?|letters?|characters?|items?|labels?|passages?|paragraphs?)\b/giu;
const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** What must not be longer than it must be at least. */
function boundsOf(sentences: readonly Sentence[]): Hint[] {
  const bounds = sentences.flatMap(({ text, line }) =>
    [...text.matchAll(BOUND)].flatMap(([, kind = '', word = '', what = '']) => {
      const number = /^\d+$/.test(word) ? Number(word) : NUMBERS.indexOf(word.toLowerCase());
      if (number < 0) return [];
      return {
        line,
        // Of a field that is named, or of the answer as a whole.
        of: `${/`[^`]+`/.exec(text)?.[0] ?? ''} ${what.toLowerCase().replace(/s$/, '')}`,
        least: /most|more|up/i.test(kind) ? 0 : number,
        most: /least|fewer/i.test(kind) ? Number.POSITIVE_INFINITY : number,
      };
    }),
  );
  return bounds.flatMap((one, at) =>
    bounds
      .slice(at + 1)
      .filter(({ of, least, most }) => of === one.of && Math.max(least, one.least) > Math.min(most, one.most))
      .map(({ line }) =>
        hint('conflicting', `its bound cannot be kept beside that of line ${one.line}`, line),
      ),
  );
}

/** Every label is told of, and none that there is not. */
function labelsOf(text: string, labels: readonly string[]): Hint[] {
  const entries = text.split('\n').flatMap((line, at) => {
    const [, name] = /^\s*[-*]\s+`([^`]+)`\s*:/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, line: at + 1 }];
  });
  return [
    ...labels
      .filter((label) => !text.includes(label))
      .map((label) => hint('unexplained', `it does not say what the label '${label}' is for`)),
    ...entries
      .filter(({ name }) => !labels.includes(name))
      .map(({ name, line }) =>
        hint('unused', `'${name}' is not among the labels: ${labels.join(', ')}`, line),
      ),
  ];
}

export function hint(rule: Hint['rule'], says: string, line?: number): Hint {
  return { rule, ...(line === undefined ? {} : { line }), says };
}
