import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { findAutomations, folderOf } from '../../lib/automation/automation-folder.ts';
import { loadConfig } from '../../lib/config.ts';
import { CARRIED, modulesOf, type OwnHandler, writeBundled } from '../../lib/parts/bundled.ts';
import { bundleInto } from '../../lib/parts/bundling.ts';
import { ROOT } from '../state.ts';
import { packageOf } from './lock.ts';

/** What of a package is deployed: which functions carry code or data of it. */
export type Deployed = ReadonlyMap<string, readonly HandlerName[]>;

const OWN = ['automation', 'implementation', 'knowledge', 'prompts'];
const isOwn = (handler: HandlerName): handler is OwnHandler =>
  CARRIED[handler].some((module) => OWN.includes(module));

/**
 * Bundles every function as a deploy does, and asks the bundler what is in them: what `package.json` calls a dependency says nothing
 * of that. An automation's own functions are bundled for each automation, as each may import another package.
 */
export async function deployedPackages(): Promise<Deployed> {
  const automations = await findAutomations();
  const config = await loadConfig(join(ROOT, 'signalbox.config.ts'));
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-supply-'));
  const found = new Map<string, Set<HandlerName>>();
  try {
    const bundled = writeBundled(join(directory, 'bundled'), { automations, config, environment: 'prod' });
    for (const handler of Object.keys(CARRIED) as HandlerName[]) {
      const folders = isOwn(handler) ? automations.map(({ name }) => folderOf(name)) : [undefined];
      for (const folder of folders) {
        const source = {
          entry: join(ROOT, 'lambdas', `${handler}.lambda.ts`),
          modules: modulesOf(handler, bundled, folder),
        };
        for (const file of bundleInto(join(directory, 'function'), handler, source)) {
          const name = packageOf(file);
          if (name) found.set(name, (found.get(name) ?? new Set()).add(handler));
        }
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return new Map([...found].sort().map(([name, functions]) => [name, [...functions].sort()]));
}
