import { SystemError } from '../../kit/errors.ts';
import type { Searches, SearchesOptions } from '../../knowledge/search.ts';
import type { Lookups } from '../../lookups/lookup.ts';
import type { LookupOptions } from '../../lookups/options.ts';

/* Steps that most automations do not have. Their code is loaded where one declares them: an instance begins sooner without it. */

const nothingToClose = async (): Promise<void> => {};

/** @throws SystemError from `lookup` where the automation declares none */
export async function lookupsFor(options: LookupOptions): Promise<Lookups> {
  if (options.automation.lookups) {
    const { lookupsOf } = await import('../../lookups/lookup.ts');
    return lookupsOf(options);
  }
  return {
    lookup: async ({ name }) => {
      throw new SystemError(`the lookup '${name}' is not among the 'lookups' of the automation`);
    },
    lineage: [],
    asked: () => ({ looked: [], degraded: [], missing: [], answers: {}, says: () => false }),
    close: nothingToClose,
  };
}

/** @throws SystemError from `search` where the automation declares no collection */
export async function searchesFor(options: SearchesOptions): Promise<Searches> {
  if (options.automation.collections) {
    const { searchesOf } = await import('../../knowledge/search.ts');
    return searchesOf(options);
  }
  return {
    search: async (name) => {
      throw new SystemError(`the collection '${name}' is not among the 'collections' of the automation`);
    },
    lineage: [],
    searched: () => ({ passages: [], names: [], says: () => false }),
    close: nothingToClose,
  };
}
