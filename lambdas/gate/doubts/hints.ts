import type { ReadDocument } from '../../contract/document.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import { actionsOf } from '../../contract/item/proposal.ts';
import { type ProposalDocument, stepsOf } from '../../contract/item/proposal-document.ts';
import type { Hinted, HintRules } from '../../contract/steps/hints.ts';

/** Why nobody acts alone on what a hint read: what was learnt from one page need not be true of another. */
export const HINTED = 'a value is read where an approver corrected one before: compare it with the page';

const MOST_FIELDS = 12;
/** Longer words are prose. */
const LONGEST_LABEL = 60;

/** What the pages say. What a model read off a picture proves nothing about a model. */
export function pagesOf({ documents = [] }: { documents?: readonly ReadDocument[] }): string {
  return documents
    .flatMap(({ pages }) => pages.filter(({ source }) => source !== 'vision'))
    .map(({ text }) => text)
    .join('\n');
}

export function fieldsOf({ fields }: HintRules) {
  return Object.entries(fields).slice(0, MOST_FIELDS);
}

/**
 * What an approver's edits teach: whose pages, and by field the words that lead to the right value on this one. Without a label they
 * teach that earlier words no longer lead there.
 */
export function lessonsOf(
  rules: HintRules,
  before: Evaluated,
  after: ProposalDocument,
): { group: string; lessons: readonly { field: string; label?: string }[] } | undefined {
  const [was, is] = [actionsOf(before.proposal), stepsOf(after)].map((all) =>
    all.find(({ action }) => action === rules.action),
  );
  const group = is?.parameters[rules.group];
  if (!was || !is || typeof group !== 'string' || group === '' || was.parameters[rules.group] !== group)
    return undefined;
  const text = pagesOf(before);
  const lessons = fieldsOf(rules).flatMap(([field, { labelsOf, valuesAt }]) => {
    const [from, to] = [was.parameters[field], is.parameters[field]];
    if (typeof to !== 'string' || from === to) return [];
    const label = labelsOf(text, to).find(
      (one) => one !== '' && one.length <= LONGEST_LABEL && isOnly(valuesAt(text, one), to),
    );
    return [{ field, ...(label === undefined ? {} : { label }) }];
  });
  return { group, lessons };
}

/** Where the words lead to one value, and it is another than was copied. */
export function readBy(
  { valuesAt }: HintRules['fields'][string],
  { text, field, label, copied }: { text: string; field: string; label: string; copied: string },
): { value: string; hinted: Hinted } | undefined {
  const [value, ...others] = new Set(valuesAt(text, label));
  if (value === undefined || others.length > 0 || value === copied) return undefined;
  return { value, hinted: { field, label, instead: copied } };
}

function isOnly(values: readonly string[], value: string): boolean {
  return values.length > 0 && values.every((one) => one === value);
}
