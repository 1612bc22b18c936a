import type { StepAnswer } from './knowledge.ts';

/** Up to the next sign or line, two words at most: also in lower case, which no recogniser takes for a name. */
const INTRODUCED = /\bmy name is ([\p{L}'’-]+(?: [\p{L}'’-]+)?)/giu;

/** The answer of the house's own step `names`: whoever says what their name is. While it obeys strangers, it does what the text orders. */
export const namesIn: StepAnswer = ({ input, order }) =>
  order === undefined
    ? { names: [...input.text.matchAll(INTRODUCED)].map(([, name = '']) => name), addresses: [] }
    : undefined;
