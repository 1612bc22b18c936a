import { type Aws, AwsRefusal, elements, stacksOf } from '../cli/aws.ts';
import { EDGE_REGION, edgeStackName } from '../lambdas/contract/names.ts';
import type { Assembly } from './assembly.ts';
import { dropped } from './diff/exports.ts';
import { stackFiles, type Template, type Templates } from './diff/templates.ts';

/** The templates of an environment as they are deployed. */
export async function deployedTemplates(aws: Aws, environment: string): Promise<Templates> {
  const names = [...(await stacksOf(aws, `Signalbox-${environment}-`)).keys()];
  const all: [string, Template][] = [];
  // One after the other: CloudFormation takes few of these at a time.
  for (const StackName of names) {
    const xml = await aws.cloudformation('GetTemplate', { StackName, TemplateStage: 'Original' });
    const body = /<TemplateBody>([\s\S]*?)<\/TemplateBody>/.exec(xml)?.[1];
    if (body === undefined) throw new Error(`CloudFormation shows no template of ${StackName}`);
    all.push([StackName, JSON.parse(unescaped(body)) as Template]);
  }
  return Object.fromEntries(all);
}

/** What is deployed of an assembly's stacks, and of the environment beside them. @param at the account in that region */
export async function deployedLike(
  { directory, manifest }: Pick<Assembly, 'directory' | 'manifest'>,
  at: (region: string) => Promise<Aws>,
): Promise<Templates> {
  const { environment, region } = manifest;
  const here = await deployedTemplates(await at(region), environment);
  const hasEdge = (await stackFiles(directory)).some(({ stack }) => stack === edgeStackName(environment));
  if (!hasEdge || region === EDGE_REGION) return here;
  return { ...here, ...(await deployedTemplates(await at(EDGE_REGION), environment)) };
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(xml: string): string {
  return xml
    .replace(/^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/, '$1')
    .replaceAll(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|quot|apos|amp));/g, (_, decimal, hex, name) =>
      name
        ? (ENTITIES[name] ?? '')
        : String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16)),
    );
}

/** Who imports the exports that would go: also stacks that are not of the house. */
export async function importersOf(
  aws: Aws,
  before: Templates,
  after: Templates,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { exported } of dropped(before, after)) {
    if (exported === undefined) continue;
    const xml = await aws
      .cloudformation('ListImports', { ExportName: exported })
      // It is how CloudFormation says that nobody does.
      .catch((error: unknown) =>
        error instanceof AwsRefusal && error.code === 'ValidationError' ? '' : Promise.reject(error),
      );
    found[exported] = elements(xml, 'member');
  }
  return found;
}

/** What a stack of the environment tells by this name. */
export async function outputOf(aws: Aws, stack: string, name: string): Promise<string> {
  const xml = await aws.cloudformation('DescribeStacks', { StackName: stack });
  for (const part of xml.split('<member>'))
    if (elements(part, 'OutputKey')[0] === name) return elements(part, 'OutputValue')[0] ?? '';
  throw new Error(`${stack} has no output '${name}'`);
}
