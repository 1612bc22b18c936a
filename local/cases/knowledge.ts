import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import type { OpenCollection } from '../../lambdas/knowledge/collections.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { folderIndex, knowledgeFolder } from '../../lib/parts/knowledge.ts';

/**
 * The collections of an automation, each made once: of its folder as at a deploy; of a synchronised one, whose documents lie in an
 * account, those in `cases/<collection>/` of the automation.
 */
export function collectionsOf(
  { name: automation, collections = {} }: Pick<Automation, 'name' | 'collections'>,
  folder = join('automations', automation),
): OpenCollection {
  const indexes = new Map<string, Index>();
  return async (name) => {
    const known = indexes.get(name);
    if (known) return known;
    const { from, outward = false } = collections[name] ?? {};
    const where = from === 'folder' ? knowledgeFolder(folder, name) : join(folder, 'cases', name);
    if (from === undefined || !existsSync(where))
      throw new SystemError(
        `the collection '${name}' has no documents for cases: put some into automations/${automation}/cases/${name}`,
      );
    const index = Index.open(folderIndex(where, outward));
    indexes.set(name, index);
    return index;
  };
}
