import { subjectWords, type Trade } from '../../../local/sandbox/words.ts';

export interface Given {
  id: string;
  place: string;
  text: string;
}

/** How people at work write of their devices. */
const IT: Trade = {
  terms: [
    [/\bwi-?fi\b|\bwlan\b/g, 'wifi'],
    [/\be-?mails?\b/g, 'mail'],
    [/\bsign(?:ing|ed)?[ -]?in\b|\blog(?:ging|ged)?[ -]?in\b/g, 'signin'],
    [/\bout[ -]of[ -]office\b/g, 'outofoffice'],
  ],
  synonyms: {
    notebook: 'laptop',
    computer: 'laptop',
    forgotten: 'forgot',
    forget: 'forgot',
    remember: 'forgot',
    connecting: 'connect',
    printing: 'print',
    printer: 'print',
    blank: 'dark',
    black: 'dark',
    display: 'monitor',
    programme: 'program',
    new: 'order',
    buy: 'order',
    ordering: 'order',
    deleted: 'delete',
    recover: 'restore',
    recovering: 'restore',
    restoring: 'restore',
  },
};

/** Below it a passage shares a word or two with the question, and speaks of something else. */
const COVERS = 0.6;

/** The passage whose place and words cover the question best; none where much of it stands in no passage. */
export function pickFrom(
  question: string,
  passages: readonly Given[],
): { answers: boolean; passages: string[] } {
  const asked = [...subjectWords(question, IT)];
  const scored = passages.map(({ id, place, text }) => {
    const [heading, words] = [subjectWords(place, IT), subjectWords(text, IT)];
    const score = asked.reduce((sum, word) => sum + (heading.has(word) ? 1.2 : words.has(word) ? 0.7 : 0), 0);
    return { id, score: score / Math.max(1, asked.length) };
  });
  const best = scored.reduce((top, one) => (one.score > top.score ? one : top), { id: '', score: 0 });
  return best.score >= COVERS ? { answers: true, passages: [best.id] } : { answers: false, passages: [] };
}
