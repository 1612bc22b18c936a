import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { Collection } from '../../../lambdas/contract/steps/knowledge.ts';
import { folderOf } from '../../automation/automation-folder.ts';
import { filesBelow, knowledgeFolder, MOST_FOLDER_BYTES } from '../../parts/knowledge.ts';

/** Each is held in the memory of the function. */
const MOST_COLLECTIONS = 5;

/** What is wrong with an automation's collections, as far as it can be known before any item. */
export function faultsInKnowledge(automation: Automation, folder = folderOf(automation.name)): string[] {
  const { collections = {} } = automation;
  const count = Object.keys(collections).length;
  return [
    ...(count > MOST_COLLECTIONS
      ? [`'collections' has ${count}: a function holds ${MOST_COLLECTIONS} at most`]
      : []),
    ...Object.entries(collections).flatMap(([name, collection]) =>
      faultsInCollection(name, collection, automation, folder).map(
        (fault) => `collection '${name}': ${fault}`,
      ),
    ),
  ];
}

/** One index serves all that declare it, and each paragraph of an outward one is a passage by itself. */
export function faultsAmongCollections(
  automations: readonly Pick<Automation, 'name' | 'collections'>[],
): string[] {
  const declared = automations.flatMap(({ name, collections = {} }) =>
    Object.entries(collections).flatMap(([collection, { from, outward = false }]) =>
      from === 'synced' ? [{ name, collection, outward }] : [],
    ),
  );
  return [...Map.groupBy(declared, ({ collection }) => collection)].flatMap(([collection, users]) => {
    const [first] = users;
    const other = users.find(({ outward }) => outward !== first?.outward);
    return first && other
      ? [
          `  the collection '${collection}' is 'outward' in one of ${first.name} and ${other.name}, and not in the other: what anybody may read is so for all`,
        ]
      : [];
  });
}

function faultsInCollection(
  name: string,
  collection: Collection,
  { prompts }: Automation,
  folder: string,
): string[] {
  const { from, description, outward = false } = collection;
  const wrong: [boolean, string][] = [
    [
      !/^[a-z][a-z0-9-]{0,39}$/.test(name),
      `its name must be lower-case words joined by "-", at most 40 characters`,
    ],
    [Object.hasOwn(prompts, name), `a step of 'prompts' has the same name: give it another one`],
    [description.trim().length < 10, `'description' must be a sentence that says what is in it`],
    [typeof outward !== 'boolean', `'outward' must be true or false, got '${String(outward)}'`],
  ];
  return [
    ...wrong.filter(([is]) => is).map(([, fault]) => fault),
    ...(from === 'folder' ? faultsInFolder(knowledgeFolder(folder, name)) : []),
  ];
}

function faultsInFolder(folder: string): string[] {
  const { taken, left, bytes } = filesBelow(folder);
  const wrong: [boolean, string][] = [
    [taken.length === 0, "there is no Markdown, text or HTML in 'knowledge/': add a document"],
    [
      left.length > 0,
      `'${left[0]}' is no Markdown, text or HTML: take it out, or make the collection 'synced', which takes PDF too`,
    ],
    [
      bytes > MOST_FOLDER_BYTES,
      `its documents have ${bytes} bytes, and a function carries ${MOST_FOLDER_BYTES}: make it 'synced'`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}
