import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { cdkDiff } from '../../delivery/steps/check.ts';

/* By the CDK itself: a stand-in takes any options. */

const root = mkdtempSync(join(tmpdir(), 'signalbox-cdk-diff-'));

/** A platform, and a stack that needs it, as each automation's does. */
function assembly(name: string, value: string): string {
  const outdir = join(root, name);
  const app = new App({ outdir });
  const platform = new Stack(app, 'platform');
  const automation = new Stack(app, 'automation');
  for (const stack of [platform, automation]) new CfnWaitConditionHandle(stack, 'Handle');
  new CfnOutput(automation, 'Said', { value });
  automation.addStackDependency(platform);
  app.synth();
  return outdir;
}

it('shows what changes in a stack that depends on another', { timeout: 120_000 }, async () => {
  try {
    const said = await cdkDiff(assembly('after', 'new words'), assembly('before', 'old words'));
    expect(said).toContain('Stack platform');
    expect(said).toContain('Stack automation');
    expect(said).toContain('new words');
  } finally {
    rmSync(root, { recursive: true });
  }
});
