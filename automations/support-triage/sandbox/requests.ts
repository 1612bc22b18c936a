/** Words by which a sentence comes to something else. */
const ANOTHER =
  /^(?:and )?(?:also|another (?:thing|question|issue|matter|request)|second(?:ly)?|besides|by the way|separately|in addition|additionally|one more thing|on a different note|unrelated|(?:\(?\d[.)]|[-*•])\s)/i;
const POLITE =
  /^(?:hi|hello|hey|dear|good (?:morning|day|evening)|thanks|thank you|kind regards|best regards|regards|yours)\b[^.!?]{0,40}[.!,]?$/i;

/** The requests of a message, as its writer marks them; one where nothing is marked. */
export function listRequests(text: string): string[] {
  const groups: { from: number; to: number }[] = [];
  for (const { 0: found, index } of text.matchAll(/[^.!?\n]+[.!?]*\s*/g)) {
    const sentence = found.trim();
    if (sentence === '' || POLITE.test(sentence)) continue;
    const from = index + found.indexOf(sentence);
    const to = from + sentence.length;
    const last = groups.at(-1);
    if (last === undefined || ANOTHER.test(sentence)) groups.push({ from, to });
    else last.to = to;
  }
  return groups.length > 1 ? groups.map(({ from, to }) => text.slice(from, to)) : [text.slice(0, 2_000)];
}
