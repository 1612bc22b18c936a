import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { folderOf } from '../../lib/automation/automation-folder.ts';
import { AutomationStack } from '../../lib/automation/automation-stack.ts';
import { PlatformStack } from '../../lib/platform/platform-stack.ts';
import { example } from '../support/automations.ts';
import { application } from '../support/synth.ts';

/* No shipped automation has batches: what the checks of AWS Solutions say of one that has. */

it('an automation with batches has no finding that nobody has acknowledged', async () => {
  const app = await application('prod');
  const platform = app.node.children.find((child) => child instanceof PlatformStack);
  if (!platform) throw new Error('the application has no platform');
  const refund = example('refund-request');
  const steps = { route: { batch: { sla: '6h' } } };
  const automation = { ...refund, name: 'batched', steps } as Automation;
  new AutomationStack(app, 'batched', { automation, platform, folder: folderOf(refund.name) });
  app.synth();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const findings = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(
      (resource) => `${(resource as { constructPath?: string }).constructPath}: ${ruleName}`,
    ),
  );
  expect(findings).toEqual([]);
}, 120_000);
