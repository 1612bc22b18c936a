import { citationOf } from '../../lambdas/contract/steps/knowledge.ts';
import { buildIndex } from '../../lambdas/knowledge/index/build.ts';
import { chunksOf } from '../../lambdas/knowledge/index/document.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { byWords } from '../../lambdas/knowledge/index/search.ts';
import { quoted } from './text.ts';
import type { Wanted } from './wanted.ts';

/* What a new automation searches in the documents of its own folder. */

/** It searches nothing. */
export const NO_KNOWLEDGE = 'none';

/** Why a collection cannot have this name; undefined where it can. */
export function faultInCollection(name: string): string | undefined {
  if (name === NO_KNOWLEDGE) return undefined;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || ['route', 'check'].includes(name))
    return 'must be lower-case words joined by "-", at most 40 characters, such as articles, and no step';
  return undefined;
}

/** Of the declaration. Nobody outside reads it until somebody says so. */
export const collectionsField = ({ collection }: Wanted): string =>
  collection === undefined
    ? ''
    : `  collections: {
    ${quoted(collection)}: { from: 'folder', description: 'How the team handles its requests.' },
  },
`;

/** Of the thinking: it costs nothing. */
export const searching = ({ collection }: Wanted): string =>
  collection === undefined
    ? ''
    : `    const passages = await step.search(${quoted(collection)}, item.text, { most: ${MOST} });\n`;

/** Its first document, by path in the automation's folder: a section for each label. */
export function article({ collection, labels }: Wanted): Record<string, string> {
  if (collection === undefined) return {};
  const sections = labels.map(
    (label) => `## ${label}\n\nHow the team handles requests about ${label.toLowerCase()}: write it here.\n`,
  );
  return { [pathOf(collection)]: `# ${TITLE}\n\n${sections.join('\n')}` };
}

const TITLE = 'Requests';
const SOURCE = 'requests.md';
const pathOf = (collection: string) => `knowledge/${collection}/${SOURCE}`;

/** What a search of the thinking finds. */
const MOST = 3;

/** What evidence calls the passage about a label; undefined where a search with this text finds others first: "it" tells no words apart. */
export function citationFor(wanted: Wanted, label: string, text: string): string | undefined {
  const { collection } = wanted;
  if (collection === undefined) return undefined;
  const content = article(wanted)[pathOf(collection)] ?? '';
  const index = Index.open(buildIndex(chunksOf({ source: SOURCE, content }, { apart: false }).chunks));
  const found = byWords(index, text, MOST).map(({ at }) => index.passage(at));
  const own = found.find(({ place }) => place === `${TITLE} › ${label}`);
  return own && citationOf({ ...own, id: `${collection}/${own.id}` });
}
