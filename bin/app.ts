import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { automations } from '../automations/index.ts';
import { AutomationStack } from '../lib/automation-stack.ts';
import { checkAutomations } from '../lib/check.ts';
import { loadConfig } from '../lib/config.ts';
import { PlatformStack } from '../lib/platform-stack.ts';
import { writeRegistry } from '../lib/registry.ts';
import { stageOf } from '../lib/stage.ts';

const app = new App();
const stage = stageOf(app.node.tryGetContext('stage'));
const config = await loadConfig(app.node.tryGetContext('config') ?? 'signalbox.config.ts');
checkAutomations(automations, config);

const registryFile = writeRegistry(join(app.outdir, 'registry'), automations);
const prefix = stage.name === 'dev' ? 'Signalbox' : `Signalbox-${stage.name}`;
const env = stage.local ? { account: '000000000000', region: 'us-east-1' } : {};
const platform = new PlatformStack(app, `${prefix}-platform`, { env, stage, config, automations, registryFile });
for (const automation of automations) {
  new AutomationStack(app, `${prefix}-${automation.name}`, { env, automation, platform });
}
