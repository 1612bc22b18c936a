import { InputError } from '../../kit/errors.ts';
import { type Beside, getWith } from '../../kit/objects.ts';
import type { ProcessOptions, Thinking } from './thinking.ts';

/**
 * The body of an item, with what lies beside it; one that does not fit its schema is repaired first, where the automation allows it.
 * @throws InputError where what came does not fit the schema
 */
export async function bodyOf(
  work: Thinking,
  options: ProcessOptions,
): Promise<{ value: unknown; beside: Beside }> {
  const { refused, unfit } = work.row;
  if (refused) throw new InputError(`what came was refused: ${refused}`);
  if (unfit) {
    // Few items need it.
    const { mended } = await import('../parts/seldom.ts');
    work.row = await mended(work, options);
  }
  return getWith<unknown>(options.env.CONTENT_BUCKET, work.row.bodyKey);
}
