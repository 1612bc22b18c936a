import { join } from 'node:path';
import { Annotations, type App } from 'aws-cdk-lib';
import { stackName } from '../lambdas/contract/names.ts';
import { deployedAutomations } from './automation/automation-folder.ts';
import { AutomationStack } from './automation/automation-stack.ts';
import { warningsAbout } from './checks/budget.ts';
import { checkAutomations } from './checks/check.ts';
import { loadConfig } from './config.ts';
import { writeApprovalSettings } from './parts/approval-settings.ts';
import { writeEndpoints } from './parts/endpoints-file.ts';
import { stageOf } from './parts/environment.ts';
import { writeDeclarations, writeRegistry } from './parts/registry.ts';
import { PlatformStack } from './platform/platform-stack.ts';

/** Every stack of the stage that the context names: the platform, and one per automation. */
export async function buildApp(app: App): Promise<void> {
  const stage = stageOf(app.node.tryGetContext('stage'));
  const config = await loadConfig(app.node.tryGetContext('config') ?? 'signalbox.config.ts');
  const automations = await deployedAutomations(config);
  checkAutomations(automations, config);

  const registryFile = writeRegistry(join(app.outdir, 'registry'), automations);
  const declarationsFile = writeDeclarations(join(app.outdir, 'registry'), automations);
  const approvalSettingsFile = writeApprovalSettings(join(app.outdir, 'registry'), config);
  const endpointsFile = writeEndpoints(join(app.outdir, 'registry'), config, stage.name);
  const common = {
    env: stage.local ? { account: '000000000000', region: 'us-east-1' } : {},
    terminationProtection: stage.protected,
  };
  const tags = stage.local ? {} : { application: 'signalbox', environment: stage.name, ...config.tags };
  const platform = new PlatformStack(app, stackName(stage.name, 'platform'), {
    ...{ ...common, tags },
    stage,
    config,
    registryFile,
    declarationsFile,
    approvalSettingsFile,
    endpointsFile,
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
