import { join } from 'node:path';
import { Annotations, type App } from 'aws-cdk-lib';
import { stackName } from '../lambdas/contract/names.ts';
import { deployedAutomations } from './automation/automation-folder.ts';
import { AutomationStack } from './automation/automation-stack.ts';
import { warningsAbout } from './checks/budget.ts';
import { checkAutomations } from './checks/check.ts';
import { loadConfig } from './config.ts';
import { writeBundled } from './parts/bundled.ts';
import { stageOf } from './parts/environment.ts';
import { PlatformStack } from './platform/platform-stack.ts';

/** Every stack of the stage that the context names: the platform, and one per automation. */
export async function buildApp(app: App): Promise<void> {
  const stage = stageOf(app.node.tryGetContext('stage'));
  const config = await loadConfig(app.node.tryGetContext('config') ?? 'signalbox.config.ts');
  const automations = await deployedAutomations(config);
  checkAutomations(automations, config);

  const environment = stage.name;
  const bundled = writeBundled(join(app.outdir, 'bundled'), { automations, config, environment });
  const common = {
    env: stage.local ? { account: '000000000000', region: 'us-east-1' } : {},
    terminationProtection: stage.protected,
  };
  const tags = stage.local ? {} : { application: 'signalbox', environment: stage.name, ...config.tags };
  const platform = new PlatformStack(app, stackName(stage.name, 'platform'), {
    ...{ ...common, tags },
    stage,
    config,
    bundled,
  });
  for (const automation of automations) {
    const stack = new AutomationStack(app, stackName(stage.name, automation.name), {
      ...common,
      tags: stage.local ? {} : { ...tags, automation: automation.name },
      automation,
      platform,
    });
    for (const warning of warningsAbout(automation, config))
      Annotations.of(stack).addWarningV2('signalbox:budget-without-fallback', warning);
  }
}
