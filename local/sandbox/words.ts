/** Words that say nothing about the subject of a message. */
const STOP = new Set(
  list(`
  a able about above after again ago all also am an and any anybody anything are arent as ask assist
  assistance at back be because been before being but by can cant check could couldnt couple things current currently day dear desperately
  did didnt do does doesnt doing done down each ever explain for from get getting give go going good got had happen
  happened happening happy has hasnt have havent having he hello her here hey hi him his how however i id
  if ill im in into is isnt it its ive just keep keeping keeps kind know last let like ll look made make
  makes many may me merchant might more most much must my need never new no nor not now of off offer
  offered ok old on once one only or other our out over own perform please possible problem put re really
  reason regards request requested s same see seem seems seller she shop should shouldnt since so some
  someone something start still such sure t take tell than thank thanks that the their them then there
  theres these they thing think this those though to today too tried try trying two unable understand until
  up us use used using very want wanted was wasnt way we week weeks well were werent weve what whats when
  where which while who why will with without wont would wrong yes yesterday yet you your`),
);

function list(words: string): string[] {
  return words.trim().split(/\s+/);
}

export function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}

/** How a trade writes: terms that are to be one word, and its words for one thing, by their stems. */
export interface Trade {
  terms: readonly (readonly [RegExp, string])[];
  synonyms: Readonly<Record<string, string>>;
}

/** The words of a text that carry its subject, stemmed, each once. */
export function subjectWords(
  text: string,
  { terms, synonyms }: Trade = { terms: [], synonyms: {} },
): Set<string> {
  const lower = text.toLowerCase().replace(/[’']/g, '');
  const plain = terms.reduce((so, [term, word]) => so.replace(term, word), lower).match(/[a-z]+|\d+/g);
  const stems = (plain ?? []).filter((word) => word.length > 1 && !STOP.has(word)).map(stem);
  return new Set(stems.map((word) => synonyms[word] ?? word));
}
