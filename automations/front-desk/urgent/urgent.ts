import { KINDS, type Kind, SIGNS } from './signs.ts';

/** Nobody writes a longer one; a pattern is not to be tried on it. */
const MOST_CHARACTERS = 600;

const SENTENCE = /[^.!?\n;]{3,}/gu;

/**
 * What makes a message urgent, found by code alone, sentence by sentence, in English, German, French, Spanish and Dutch. Undefined:
 * nothing that is known.
 */
export function urgencyIn(text: string): Kind | undefined {
  const lower = text.toLowerCase().replaceAll(/[’‘`´]/g, "'");
  const written = [...lower.matchAll(SENTENCE)].map(([sentence]) => sentence.slice(0, MOST_CHARACTERS));
  return KINDS.find((kind) => written.some((sentence) => isUrgent(kind, sentence)));
}

function isUrgent(kind: Kind, sentence: string): boolean {
  const { says, unless } = SIGNS[kind];
  return says.some((sign) => sign.test(sentence)) && !unless.some((sign) => sign.test(sentence));
}
