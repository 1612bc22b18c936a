import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { stackName } from '../../lambdas/contract/names.ts';
import { folderOf } from '../../lib/automation/automation-folder.ts';
import { AutomationStack } from '../../lib/automation/automation-stack.ts';
import { loadConfig } from '../../lib/config.ts';
import { writeBundled } from '../../lib/parts/bundled.ts';
import { environmentOf } from '../../lib/parts/environment.ts';
import { PlatformStack } from '../../lib/platform/platform-stack.ts';
import type { Resource } from './synth.ts';

/**
 * The resources of the platform and of automations that a test makes up, by stack. They think with the code of
 * `support-triage`, which is not bundled.
 * @param directory the caller's own, and the caller's to remove
 */
export async function slicesOf(
  automations: readonly Automation[],
  configFile: string,
  directory: string,
): Promise<Record<string, Record<string, Resource>>> {
  const config = await loadConfig(configFile);
  const app = new App({ outdir: join(directory, 'out'), postCliContext: { 'aws:cdk:bundling-stacks': [] } });
  const environment = environmentOf('dev');
  const bundled = writeBundled(join(app.outdir, 'bundled'), { automations, config, environment: 'dev' });
  const props = { automations, environment, config, bundled };
  const platform = new PlatformStack(app, stackName('dev', 'platform'), props);
  for (const automation of automations)
    new AutomationStack(app, stackName('dev', automation.name), {
      ...{ automation, platform, folder: folderOf('support-triage') },
    });
  const stacks = app.node.children.filter((child) => child instanceof Stack);
  return Object.fromEntries(
    stacks.map((stack) => [
      stack.stackName.replace('Signalbox-dev-', ''),
      (Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }).Resources,
    ]),
  );
}
