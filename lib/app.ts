import { join } from 'node:path';
import { Annotations, type App, PermissionsBoundary } from 'aws-cdk-lib';
import { EDGE_REGION, edgeStackName, stackName } from '../lambdas/contract/names.ts';
import { deployedAutomations } from './automation/automation-folder.ts';
import { AutomationStack } from './automation/automation-stack.ts';
import { warningsAboutAudit } from './checks/audits/policy.ts';
import { warningsAbout } from './checks/budget.ts';
import { checkAutomations } from './checks/check.ts';
import { warningsAboutLongText } from './checks/long-text.ts';
import { checkMail, warningsAboutMail } from './checks/mail.ts';
import { warningsAboutPrompts } from './checks/prompts/folder.ts';
import { loadConfig } from './config.ts';
import { checkPin, EMULATED } from './environment-config.ts';
import { EdgeStack } from './hardening/edge.ts';
import { harden, hardeningOf } from './hardening/harden.ts';
import { writeBundled } from './parts/bundled.ts';
import { environmentOf } from './parts/environment.ts';
import { PlatformStack } from './platform/platform-stack.ts';

/** Every stack of the environment that the context names: the platform, and one per automation. */
export async function buildApp(app: App): Promise<void> {
  const config = await loadConfig(app.node.tryGetContext('config') ?? 'signalbox.config.ts');
  const name: unknown = app.node.tryGetContext('stage');
  const pinned = typeof name === 'string' ? config.environments[name] : undefined;
  const environment = environmentOf(name, app.node.tryGetContext('awsCalls'), pinned);
  checkPin(environment.name, pinned, process.env.CDK_DEFAULT_ACCOUNT);
  const automations = await deployedAutomations(config);
  checkAutomations(automations, config);
  checkMail(automations, config, environment, pinned?.region ?? process.env.CDK_DEFAULT_REGION);

  const bundled = writeBundled(join(app.outdir, 'bundled'), {
    ...{ automations, config },
    environment: environment.name,
  });
  const common = {
    env: pinned
      ? { account: pinned.account, region: pinned.region }
      : environment.local
        ? { account: EMULATED, region: 'us-east-1' }
        : {},
    terminationProtection: environment.protected,
    ...(pinned?.permissionsBoundary
      ? { permissionsBoundary: PermissionsBoundary.fromName(pinned.permissionsBoundary) }
      : {}),
  };
  const tags = environment.local
    ? {}
    : { application: 'signalbox', environment: environment.name, ...config.tags };
  const wanted = hardeningOf(environment, config);
  const edge =
    wanted.edge &&
    new EdgeStack(app, edgeStackName(environment.name), wanted.edge, {
      ...{ ...common, tags, env: { ...common.env, region: EDGE_REGION } },
    });
  const platform = new PlatformStack(app, stackName(environment.name, 'platform'), {
    ...{ ...common, tags },
    ...{ environment, config, automations, bundled },
  });
  for (const automation of automations) {
    const stack = new AutomationStack(app, stackName(environment.name, automation.name), {
      ...common,
      tags: environment.local ? {} : { ...tags, automation: automation.name },
      automation,
      platform,
    });
    for (const warning of warningsAbout(automation, config))
      Annotations.of(stack).addWarningV2('signalbox:budget-without-fallback', warning);
    for (const warning of warningsAboutLongText(automation, config))
      Annotations.of(stack).addWarningV2('signalbox:budget-without-long-texts', warning);
    for (const warning of warningsAboutAudit(automation, config))
      Annotations.of(stack).addWarningV2('signalbox:audit-not-blind', warning);
    for (const warning of warningsAboutPrompts(automation))
      Annotations.of(stack).addWarningV2('signalbox:prompt', warning);
    for (const warning of warningsAboutMail(automation, config, environment))
      Annotations.of(stack).addWarningV2('signalbox:mail-not-received', warning);
  }
  if (edge) platform.addStackDependency(edge);
  harden(app, platform, environment, wanted);
}
