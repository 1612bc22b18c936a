import type { Action } from '../contract/automation.ts';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import { shownText } from '../kit/text.ts';

/**
 * The action in words made by code. A parameter of free words is named but not quoted: the summary appears in
 * subjects, lists, chat and audit, where no words of an item or of a model may be. Its values cannot steer
 * how it is read there.
 */
export function summaryOf(
  action: Action,
  parameters: Readonly<Record<string, unknown>>,
  words: readonly string[] = [],
): string {
  const told = Object.fromEntries(words.map((name) => [name, `[${name}]`]));
  return shownText(action.describe({ ...parameters, ...told }));
}

/** Names of a document's parameters that hold free words. */
export function wordsIn({ words = {} }: Pick<ProposalDocument, 'words'>): string[] {
  return [...new Set(Object.keys(words).map((place) => (place.split('/')[0] ?? '').replaceAll('~1', '/')))];
}
