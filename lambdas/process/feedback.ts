import { cutText } from '../kit/text.ts';
import { readComment } from '../tables/approvals/approvals.ts';

/** The latest remarks; older ones have been answered, or said again. */
const MOST = 3;

/** As long as a comment may be, and as much as a model is paid to read of it. */
const MAX_CHARACTERS = 2000;

/**
 * What people said when they sent the item back, oldest first. One entry for each time, also where nothing was said or the
 * record is gone: the gate must know that the item was sent back.
 */
export function readFeedback(table: string, sentBack: readonly string[] = []): Promise<string[]> {
  return Promise.all(
    sentBack.slice(-MOST).map(async (id) => {
      const comment = (await readComment(table, id)).trim();
      return cutText(comment, MAX_CHARACTERS) || 'sent back without a remark';
    }),
  );
}
