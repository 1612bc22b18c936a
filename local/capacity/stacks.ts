import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildApp } from '../../lib/app.ts';
import { readAssembly, type Stack } from '../assembly.ts';

/** `prod` of a configuration, before synthesis and without bundles. */
export async function prodApp(config: string): Promise<App> {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  const app = new App({
    ...{ outdir: mkdtempSync(join(tmpdir(), 'signalbox-standing-')), analyticsReporting: false },
    postCliContext: { ...context, config, stage: 'prod', 'aws:cdk:bundling-stacks': [] },
  });
  await buildApp(app);
  return app;
}

/** Its stacks. @throws Error as a synthesis does */
export async function prodStacks(config: string): Promise<Stack[]> {
  const app = await prodApp(config);
  app.synth();
  return readAssembly(app.outdir);
}
