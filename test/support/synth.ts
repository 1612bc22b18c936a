import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildApp } from '../../lib/app.ts';

/*
 * The real application, synthesised in this process: the stacks of bin/app.ts with the feature flags of cdk.json.
 * Bundling takes longer than everything else together, so a caller that does not look into bundles leaves it out.
 */

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Synthesised {
  app: App;
  directory: string;
  /** By the last part of the stack's name: `platform`, `refund-request` … */
  stacks: Record<string, { name: string; template: Template; json: Record<string, unknown> }>;
  /** Every resource of every stack, with where it is. */
  resources: readonly { stack: string; id: string; resource: Resource }[];
}

export interface SynthOptions {
  bundles?: boolean;
  context?: Record<string, unknown>;
  /** Called before synthesis. */
  prepare?(app: App): void;
}

export async function synthesise(stage: string, options: SynthOptions = {}): Promise<Synthesised> {
  const app = await build(stage, options);
  options.prepare?.(app);
  app.synth();
  const stacks = Object.fromEntries(
    app.node.children
      .filter((child) => child instanceof Stack)
      .map((stack) => {
        const template = Template.fromStack(stack);
        const name = stack.stackName.replace(/^Signalbox-(?:(?:prod|local|test)-)?/, '');
        return [name, { name: stack.stackName, template, json: template.toJSON() }];
      }),
  );
  const resources = Object.entries(stacks).flatMap(([stack, { json }]) =>
    Object.entries(json.Resources as Record<string, Resource>).map(([id, resource]) => ({
      stack,
      id,
      resource: { ...resource, Properties: resource.Properties ?? {} },
    })),
  );
  return { app, directory: app.outdir, stacks, resources };
}

async function build(stage: string, { bundles = false, context = {} }: SynthOptions): Promise<App> {
  const flags = JSON.parse(readFileSync('cdk.json', 'utf8')).context as Record<string, unknown>;
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), `signalbox-synth-${stage}-`)),
    // A look into another process's cdk.context.json is no part of the application.
    postCliContext: { ...flags, stage, ...(bundles ? {} : { 'aws:cdk:bundling-stacks': [] }), ...context },
    analyticsReporting: false,
  });
  await buildApp(app);
  return app;
}

/** The resources of one CloudFormation type. */
export function ofType({ resources }: Pick<Synthesised, 'resources'>, type: string) {
  return resources.filter(({ resource }) => resource.Type === type);
}
