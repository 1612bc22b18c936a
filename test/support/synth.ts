import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { buildApp } from '../../lib/app.ts';
import { synthesisedOnce } from './synth-once.ts';

/*
 * The real application, synthesised in this process: the stacks of bin/app.ts with the feature flags of
 * cdk.json. Bundling takes longer than everything else together, so it is left out where nobody looks into a
 * bundle.
 */

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Metadata?: Record<string, unknown>;
  DependsOn?: string[];
}

export interface Placed {
  /** The last part of the stack's name: `platform`, `refund-request` … */
  stack: string;
  id: string;
  /** Where it stands in the construct tree, for the message of a test that fails. */
  path: string;
  resource: Resource;
}

export interface SynthesisedStack {
  stackName: string;
  terminationProtection: boolean;
  tags: Record<string, string>;
  warnings: string[];
}

export interface Synthesised {
  stacks: readonly SynthesisedStack[];
  directory: string;
  templates: Record<string, Template>;
  resources: readonly Placed[];
}

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

const FULL = 'test/support/full.config.ts';

export interface SynthOptions {
  /** @default false */
  bundles?: boolean;
  /** @default the configuration with everything on */
  config?: string;
}

/** The application before synthesis. */
export async function application(
  stage: string,
  { bundles = false, config = FULL, directory }: SynthOptions & { directory?: string | undefined } = {},
): Promise<App> {
  const app = new App({
    outdir: directory ?? mkdtempSync(join(tmpdir(), `signalbox-synth-${stage}-`)),
    postCliContext: {
      ...context,
      stage,
      config,
      'aws:cdk:enable-path-metadata': true,
      ...(bundles ? {} : { 'aws:cdk:bundling-stacks': [] }),
    },
    analyticsReporting: false,
  });
  await buildApp(app);
  return app;
}

interface Written {
  stacks: SynthesisedStack[];
  templates: Record<string, object>;
}

/**
 * Synthesised once for all files of a run, and again when a source has changed. A configuration of a test's
 * own is its own matter.
 */
export async function synthesise(stage: string, options: SynthOptions = {}): Promise<Synthesised> {
  const once = options.config
    ? undefined
    : await synthesisedOnce<Written>(`${stage}${options.bundles ? '-bundles' : ''}`);
  if (once?.written) return read(once.directory, once.written);
  const app = await application(stage, { ...options, directory: once?.directory });
  app.synth();
  const found = app.node.children.filter((child) => child instanceof Stack);
  const written: Written = {
    stacks: found.map((stack) => ({
      ...{ stackName: stack.stackName, terminationProtection: stack.terminationProtection ?? false },
      tags: stack.tags.tagValues(),
      warnings: Annotations.fromStack(stack)
        .findWarning('*', Match.anyValue())
        .map(({ entry }) => String(entry.data)),
    })),
    templates: Object.fromEntries(
      found.map((stack) => [shortName(stack.stackName, stage), Template.fromStack(stack).toJSON()]),
    ),
  };
  once?.keep(written);
  return read(app.outdir, written);
}

function read(directory: string, { stacks, templates: of }: Written): Synthesised {
  const templates = Object.fromEntries(
    Object.entries(of).map(([stack, template]) => [stack, Template.fromJSON(template)]),
  );
  const resources = Object.entries(of).flatMap(([stack, template]) =>
    Object.entries((template as { Resources: Record<string, Resource> }).Resources).map(([id, resource]) => ({
      stack,
      id,
      path: String(resource.Metadata?.['aws:cdk:path'] ?? id).replace(/\/Resource$/, ''),
      resource: { ...resource, Properties: resource.Properties ?? {} },
    })),
  );
  return { stacks, directory, templates, resources };
}

function shortName(stackName: string, stage: string): string {
  return stackName.replace(`Signalbox-${stage}-`, '');
}

export function ofType({ resources }: Pick<Synthesised, 'resources'>, type: string): Placed[] {
  return resources.filter(({ resource }) => resource.Type === type);
}

/** The logical ids a value refers to, in this stack. */
export function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
  if (Ref) return [Ref];
  if (attribute) return attribute.slice(0, 1);
  return Object.values(value).flatMap(references);
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** What roles may do: every allowing statement of every policy, with whose it is. */
export function allowances(
  app: Pick<Synthesised, 'resources'>,
): { stack: string; path: string; statement: Statement }[] {
  return ofType(app, 'AWS::IAM::Policy').flatMap(({ stack, path, resource }) => {
    const { Statement } = resource.Properties.PolicyDocument as { Statement: Statement[] };
    return Statement.filter(({ Effect }) => Effect === 'Allow').map((statement) => ({
      stack,
      path,
      statement,
    }));
  });
}

/**
 * A value of a template as one text: `Fn::Join` joined, references as `<LogicalId>` and
 * `<LogicalId.Attribute>`.
 */
export function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::GetStackOutput': told,
    'Fn::Sub': sub,
  } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(text).join(String(join[0]));
  if (typeof sub === 'string') return sub.replaceAll(/\$\{([\w:]+)\}/g, '<$1>');
  if (told !== undefined) {
    const { StackName, OutputName } = told as { StackName: string; OutputName: string };
    return `<${StackName}:${OutputName}>`;
  }
  return JSON.stringify(value);
}

/** A property of a resource, by its CloudFormation name. */
export function property<T>({ resource }: Placed, name: string): T | undefined {
  return resource.Properties[name] as T | undefined;
}

/** What a property refers to, as `stack/logical id`: ids are unique in a stack only. */
export function referred(it: Placed, name: string): string[] {
  return references(property(it, name)).map((id) => `${it.stack}/${id}`);
}

/** The name of a function in lambdas/: `act/act`. */
export function handlerName(fn: Placed): string {
  return /^\[([\w/-]+)\]/.exec(String(fn.resource.Properties.Description))?.[1] ?? '';
}

export function paths(placed: readonly Placed[]): string[] {
  return placed.map(({ path }) => path);
}
