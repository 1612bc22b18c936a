import { list } from './lists.ts';

/* Words that turn round what they are about. */

/** Behind an apostrophe `n't` is one as well. */
const NEGATIONS = list(`
  not no never none nobody nothing neither nor without cannot cant wont dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt
  shouldnt couldnt wouldnt neednt mustnt shant mightnt aint unable forgot forget
  forgotten fail fails failed failing lack lacks lacking hardly barely scarcely rarely seldom instead avoid prevent exclude
  excludes excluded excluding except unless
  nicht nichts nie niemals niemand kein keine keinen keinem keiner ohne ausser pas jamais sans aucun aucune rien nunca jamas nada sin
  ningun ninguna tampoco ikke ikkje inte aldrig niet geen nooit nie nigdy bez nem nao nenhum non mai senza ne nu niciodata`);

export function isNegation(word: string): boolean {
  return NEGATIONS.has(word) || word.endsWith("n't");
}

/** It says nothing but that, as `not` and `haven't`; `failed` and `without` say more. */
export function isMereNegation(word: string): boolean {
  return isNegation(word) && /^(?:not|cannot|.*n'?t)$/.test(word);
}
