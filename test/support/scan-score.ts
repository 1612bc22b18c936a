import type { Page } from '../../lambdas/contract/document.ts';
import type { TrueWord } from './scans.ts';

export interface Score {
  words: number;
  /** Read letter by letter as they stand there. */
  right: number;
  wrong: string[];
  /** Of the middle of each word that was read right, in pixels at 150 to an inch: the largest distance to its ink's. */
  farthest: number;
}

const PIXELS = 150 / 72;

/** How well a page was read: each true word is looked for where it stands. */
export function scoreOf(page: Page | undefined, words: readonly TrueWord[]): Score {
  const score: Score = { words: words.length, right: 0, wrong: [], farthest: 0 };
  const found = [...(page?.words ?? [])];
  for (const word of words) {
    const distance = ({ box }: Page['words'][number]) =>
      Math.hypot(box.x + box.width / 2 - word.x, box.y + box.height / 2 - word.y);
    const nearest = found
      .filter(({ text }) => text === word.text)
      .sort((a, b) => distance(a) - distance(b))[0];
    const away = nearest ? distance(nearest) * PIXELS : Number.POSITIVE_INFINITY;
    // The same word elsewhere on the page is another word.
    if (!nearest || away > 30) {
      const there = found.toSorted((a, b) => distance(a) - distance(b))[0];
      score.wrong.push(`${word.text} as ${there?.text}`);
      continue;
    }
    score.right += 1;
    score.farthest = Math.max(score.farthest, away);
    found.splice(found.indexOf(nearest), 1);
  }
  return score;
}
