import { HIDDEN_TEXT, OF_FOUND } from '../../contract/item/reading.ts';
import { textsIn } from '../../gate/traits.ts';
import { suspicionsIn } from '../../kit/html/suspicion.ts';
import { unified } from '../../prepare/unicode.ts';

/**
 * What looks like instructions to a model in what a lookup or a search found, by name: somebody wrote it, as somebody wrote the item.
 * Nobody acts alone on it.
 */
export function suspicionsOf(found: unknown): string[] {
  const { text, smuggled } = unified(textsIn(found).join('\n'));
  return [...suspicionsIn(text), ...(smuggled ? [HIDDEN_TEXT] : [])].map((name) => OF_FOUND + name);
}
