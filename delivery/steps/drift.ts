import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Aws, AwsRefusal, elements } from '../../cli/aws.ts';
import { EDGE_REGION, edgeStackName } from '../../lambdas/contract/names.ts';
import { cdk, withCopy } from '../cdk.ts';
import { deployedLike } from '../deployed.ts';
import { changesBetween } from '../diff/changes.ts';
import { located } from '../diff/located.ts';
import { report } from '../diff/report.ts';
import { readTemplates } from '../diff/templates.ts';
import { fetchGood } from '../kept.ts';
import type { Options } from '../options.ts';
import { accountOf, inRegions, pinOf } from '../place.ts';
import { readRecord } from '../record.ts';
import { assemblyOf } from './opened.ts';

const LOOK_MS = 5000;
/** Ten minutes for a stack. */
const MOST_LOOKS = 120;

/**
 * Three looks: whether the deployed templates are those of the last good assembly, what the CDK says of the same, and whether the
 * resources are as their templates have them. @throws Error where one of them finds something
 */
export async function drift({ config }: Options, environment: string): Promise<void> {
  const { account, region } = await pinOf(environment, config);
  const of = { environment, account, region };
  const aws = await accountOf(of);
  const [good] = (await readRecord(aws, environment)).good;
  if (!good) throw new Error(`no assembly of '${environment}' was kept as good: nothing to compare with`);
  const kept = await fetchGood(aws, good, of, resolve(`${assemblyOf(environment)}-good`));
  const { directory } = kept;
  const found: string[] = [];
  const before = located(await readTemplates(directory), of);
  const deployed = located(await deployedLike(kept, inRegions(of)), of);
  const changes = changesBetween(before, deployed);
  if (changes.stacks.some(({ how }) => how !== 'the same')) {
    console.log(report({ environment, changes, accepted: new Set(), cost: 'this is no deployment' }));
    found.push(`what is deployed is not what was delivered (${good.commit.slice(0, 12)})`);
  }
  const { code, report: said } = await withCopy(directory, (copy, cwd) =>
    cdk(['diff', '--fail', '--app', copy], { quiet: true, cwd }),
  );
  if (code !== 0) {
    console.log(said);
    found.push('cdk diff finds differences');
  }
  for (const stack of Object.keys(deployed)) {
    const at = stack === edgeStackName(environment) ? EDGE_REGION : region;
    found.push(...(await driftedIn(await inRegions(of)(at), stack)));
  }
  if (found.length > 0)
    throw new Error(`'${environment}' has drifted:\n${found.map((it) => `  ${it}`).join('\n')}`);
  console.log(`'${environment}' is as it was delivered at ${good.commit.slice(0, 12)}`);
}

/** Resources that somebody changed by hand, as far as CloudFormation can see it. */
async function driftedIn(aws: Aws, StackName: string): Promise<string[]> {
  const started = await aws.cloudformation('DetectStackDrift', { StackName }).catch((error: unknown) => {
    if (error instanceof AwsRefusal && /InvalidAction|Unknown|NotImplemented|AccessDenied/.test(error.code))
      return error;
    throw error;
  });
  if (started instanceof AwsRefusal) {
    console.error(`${StackName}: its resources were not looked at (${started.message})`);
    return [];
  }
  const [id = ''] = elements(started, 'StackDriftDetectionId');
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const xml = await aws.cloudformation('DescribeStackDriftDetectionStatus', { StackDriftDetectionId: id });
    const [status] = elements(xml, 'DetectionStatus');
    if (status === 'DETECTION_COMPLETE')
      return elements(xml, 'StackDriftStatus')[0] === 'DRIFTED' ? changedByHand(aws, StackName) : [];
    if (status === 'DETECTION_FAILED')
      return [`${StackName}: ${elements(xml, 'DetectionStatusReason')[0] ?? status}`];
    await setTimeout(LOOK_MS);
  }
  return [`${StackName}: CloudFormation looks at it for more than ten minutes`];
}

async function changedByHand(aws: Aws, StackName: string): Promise<string[]> {
  const xml = await aws.cloudformation('DescribeStackResourceDrifts', {
    StackName,
    'StackResourceDriftStatusFilters.member.1': 'MODIFIED',
    'StackResourceDriftStatusFilters.member.2': 'DELETED',
  });
  const ids = elements(xml, 'LogicalResourceId');
  const states = elements(xml, 'StackResourceDriftStatus');
  return ids.map((id, at) => `${StackName}: ${id} is ${states[at]?.toLowerCase() ?? 'changed'} by hand`);
}
