import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/* Templates as data: what this folder says of a change, it says of these and of nothing else. */

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  /** Under which it is there at all: a name, and where `located` could not tell, what that name stands for. */
  Condition?: unknown;
}

export interface Output {
  Condition?: unknown;
  Value?: unknown;
  Export?: { Name?: unknown };
}

export interface Template {
  /** Programs that CloudFormation lets write the template anew. */
  Transform?: unknown;
  Parameters?: Record<string, { Default?: unknown }>;
  Mappings?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, Output>;
}

/** By the name of the stack. */
export type Templates = Readonly<Record<string, Template>>;

interface CdkManifest {
  artifacts?: Record<
    string,
    { type: string; environment?: string; properties?: { templateFile?: string; stackName?: string } }
  >;
}

export interface StackFile {
  stack: string;
  file: string;
  /** `aws://111122223333/eu-central-1` */
  environment: string;
}

/** The stacks of a `cdk.out`. @throws Error where it is none */
export async function stackFiles(directory: string): Promise<StackFile[]> {
  const text = await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${directory} holds no synthesised application`);
  const { artifacts = {} } = JSON.parse(text) as CdkManifest;
  return Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { environment = '', properties = {} }]) => ({
      stack: properties.stackName ?? id,
      file: properties.templateFile ?? `${id}.template.json`,
      environment,
    }));
}

export async function readTemplates(directory: string): Promise<Templates> {
  const all = (await stackFiles(directory)).map(async ({ stack, file }) => {
    const template = JSON.parse(await readFile(join(directory, file), 'utf8')) as Template;
    return [stack, template] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

/** `platform` of `Signalbox-prod-platform`. */
export const partOf = (stack: string): string => /^Signalbox-[a-z0-9]+-(.+)$/.exec(stack)?.[1] ?? stack;

/** Where a resource stands in the code, for people: `data/items` of `Signalbox-prod-platform/data/items/Resource`. */
export function placeOf(id: string, resource: Resource | undefined): string {
  const path = resource?.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return id;
  return path.replace(/^[^/]+\//, '').replace(/\/Resource$/, '');
}

/** The same text for values that mean the same: keys in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
    .join(',')}}`;
}

/** A value as people read it: `Fn::Join` joined, references as `<LogicalId>`, outputs of others as `<stack:output>`. */
export function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': sub, ...rest } = value as Fields;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(text).join(String(join[0]));
  if (typeof sub === 'string') return sub.replaceAll(/\$\{([\w:.]+)\}/g, '<$1>');
  const told = rest['Fn::GetStackOutput'] as { StackName?: unknown; OutputName?: unknown } | undefined;
  if (told) return `<${text(told.StackName)}:${text(told.OutputName)}>`;
  return canonical(value);
}

type Fields = Record<string, unknown>;
