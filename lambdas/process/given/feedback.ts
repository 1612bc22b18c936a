import { cutText } from '../../kit/text.ts';
import { readComment } from '../../tables/approvals/approvals.ts';

/** The latest comments; older ones have been answered, or repeated. */
const MOST = 3;

/** As long as a comment may be, and as much as a model is paid to read of it. */
const MAX_CHARACTERS = 2000;

/** The comments of people who sent it back, oldest first; an entry each time, even without a comment. */
export function readFeedback(table: string, sentBack: readonly string[] = []): Promise<string[]> {
  return Promise.all(
    sentBack.slice(-MOST).map(async (id) => {
      const comment = (await readComment(table, id)).trim();
      return cutText(comment, MAX_CHARACTERS) || 'sent back without a remark';
    }),
  );
}
