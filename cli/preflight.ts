import { webhookSecret } from '../lambdas/contract/intake/webhooks.ts';
import { secretName, stackName, vendedLog } from '../lambdas/contract/names.ts';
import { AUTHS } from '../lambdas/contract/outside/auth.ts';
import type { ResolvedConfig } from '../lib/config.ts';
import { environmentOf, reservedForPeople } from '../lib/parts/environment.ts';
import { type Aws, AwsRefusal, elements, stacksOf } from './aws.ts';
import { type Declared, type Finding, one } from './finding.ts';
import { mail, receiving } from './preflight-mail.ts';

/** What the templates ask of `cdk bootstrap`. */
const BOOTSTRAP = 6;
/** Lambda keeps so many for all functions together before it reserves any. */
const UNRESERVED = 100;
/** Two busy automations with approvals. */
const ENOUGH_CONCURRENCY = 50;

type Check = (
  aws: Aws,
  config: ResolvedConfig,
  stage: string,
  automations: readonly Declared[],
) => Promise<Finding[]>;

/** Everything that is looked at; nothing is changed. */
export async function preflight(
  aws: Aws,
  config: ResolvedConfig,
  stage: string,
  automations: readonly Declared[],
): Promise<Finding[]> {
  const checks: [string, Check][] = [
    ['account', account],
    ['bootstrap', bootstrap],
    ['stacks', stacks],
    ['concurrency', concurrency],
    ['mail', mail],
    ['receiving', receiving],
    ['secrets', secrets],
  ];
  const found = checks.map(([check, look]) =>
    look(aws, config, stage, automations).catch((error: unknown): Finding[] => {
      if (error instanceof AwsRefusal) return [{ check, state: 'unknown', says: error.message }];
      throw error;
    }),
  );
  return (await Promise.all(found)).flat();
}

/** Whether these credentials are of where the configuration says that the environment is. */
async function account(aws: Aws, { environments }: ResolvedConfig, stage: string): Promise<Finding[]> {
  const pinned = environments[stage];
  if (!pinned) return [];
  const xml = await aws.query('sts', '2011-06-15', 'GetCallerIdentity', {});
  const at = { account: elements(xml, 'Account')[0] ?? 'unknown', region: aws.region };
  const where = `${at.account}, ${at.region}`;
  if (at.account === pinned.account && at.region === pinned.region) return [one('account', 'ok', where)];
  const says = `'environments.${stage}' says ${pinned.account}, ${pinned.region}, and this is ${where}: take other credentials`;
  return [one('account', 'missing', says)];
}

async function bootstrap(aws: Aws): Promise<Finding[]> {
  const Name = '/cdk-bootstrap/hnb659fds/version';
  const found = await aws
    .json<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name })
    .catch((error: unknown) => {
      if (error instanceof AwsRefusal && error.code === 'ParameterNotFound') return undefined;
      throw error;
    });
  const version = Number(found?.Parameter.Value ?? 0);
  if (version >= BOOTSTRAP) return [one('bootstrap', 'ok', `version ${version}`)];
  const says = version === 0 ? 'not done in this region' : `version ${version}, needs ${BOOTSTRAP}`;
  return [one('bootstrap', 'missing', `${says}: npx cdk bootstrap`)];
}

/**
 * A first deploy that failed leaves a stack that can only be deleted; what was kept of an earlier one has
 * names that are taken.
 */
async function stacks(
  aws: Aws,
  _: ResolvedConfig,
  stage: string,
  automations: readonly Declared[],
): Promise<Finding[]> {
  const there = await stacksOf(aws, stackName(stage, ''));
  const stuck = [...there].filter(([, status]) => /^ROLLBACK|FAILED$|_IN_PROGRESS$/.test(status));
  const findings = stuck.map(([name, status]) =>
    one('stacks', 'missing', `${name} is ${status}: delete or mend it before the next deploy`),
  );
  const standing = there.has(stackName(stage, 'platform'));
  if (standing)
    for (const declared of automations.filter(({ name }) => !there.has(stackName(stage, name))))
      findings.push(...(await keptBy(aws, stage, declared)));
  else if (await secretAt(aws, secretName(stage, CLIENTS)))
    findings.push({
      ...one('stacks', 'missing', `secrets of an earlier '${stage}' are there without it:`),
      try: ['teardown', stage],
    });
  return findings.length > 0 ? findings : [one('stacks', 'ok', `${there.size} deployed, none is stuck`)];
}

/**
 * What an automation that was taken out has left: it may come back, but these have names that its stack wants
 * to give.
 */
async function keptBy(aws: Aws, stage: string, declared: Declared): Promise<Finding[]> {
  const automation = declared.name;
  const secrets = [...new Set(webhooksOf(declared).map(([it]) => secretName(stage, it)))];
  const log = vendedLog('states', stage, automation);
  const inTheWay = (what: string, command: string) =>
    one('stacks', 'missing', `${what} is in the way of a new ${stackName(stage, automation)}: ${command}`);
  const [hasLog, ...has] = await Promise.all([isLog(aws, log), ...secrets.map((it) => isThere(aws, it))]);
  const remove = 'aws secretsmanager delete-secret --force-delete-without-recovery --secret-id';
  return [
    ...secrets.filter((_, at) => has[at]).map((secret) => inTheWay(secret, `${remove} ${secret}`)),
    ...(hasLog ? [inTheWay(log, `aws logs delete-log-group --log-group-name ${log}`)] : []),
  ];
}

/** Without reading what is in it. */
async function isThere(aws: Aws, SecretId: string): Promise<boolean> {
  return aws.json('secretsmanager', 'DescribeSecret', { SecretId }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AwsRefusal && error.code === 'ResourceNotFoundException') return false;
      throw error;
    },
  );
}

async function isLog(aws: Aws, logGroupNamePrefix: string): Promise<boolean> {
  const { logGroups = [] } = await aws.json<{ logGroups?: { logGroupName: string }[] }>(
    ...['logs' as const, 'DescribeLogGroups'],
    { logGroupNamePrefix },
  );
  return logGroups.some(({ logGroupName }) => logGroupName === logGroupNamePrefix);
}

async function concurrency(
  aws: Aws,
  { api, environments }: ResolvedConfig,
  stage: string,
): Promise<Finding[]> {
  const { AccountLimit } = await aws.get<{ AccountLimit: { ConcurrentExecutions: number } }>(
    'lambda',
    '/2016-08-19/account-settings',
  );
  const has = AccountLimit.ConcurrentExecutions;
  const reserved =
    2 * reservedForPeople(api.reservedForPeople, environmentOf(stage, undefined, environments[stage]));
  const needs = reserved > 0 ? UNRESERVED + reserved : ENOUGH_CONCURRENCY;
  if (has >= needs) return [one('concurrency', 'ok', `${has} concurrent executions`)];
  const ask = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000`;
  const or = reserved > 0 ? `, or set 'api.reservedForPeople' to 0` : '';
  return [one('concurrency', 'missing', `${has} concurrent executions, needs ${needs}: ${ask}${or}`)];
}

const CLIENTS = 'signalbox/clients';

/**
 * Those that a person fills, and the field that must hold something. The others are generated by the deploy.
 */
async function secrets(
  aws: Aws,
  config: ResolvedConfig,
  stage: string,
  automations: readonly Declared[],
): Promise<Finding[]> {
  const { destinations, endpoints, slack, sources } = config;
  const apis = Object.values(destinations).flatMap((it) => (it.connector === 'request' ? [it] : []));
  const channels = Object.values(destinations).flatMap((it) => (it.connector === 'slack' ? it.secret : []));
  const webhooks = automations.flatMap(webhooksOf);
  const { oidc } = config.console;
  const filled: [string, string][] = [
    [CLIENTS, 'clients'],
    ...Object.values(endpoints).flatMap(({ secret }): [string, string][] =>
      secret ? [[secret, 'apiKey']] : [],
    ),
    ...(slack ? [[slack.secret, 'signingSecret'] as [string, string]] : []),
    ...channels.map((it): [string, string] => [it, 'botToken']),
    ...(oidc ? [[oidc.secret, 'clientSecret'] as [string, string]] : []),
    ...[...Object.values(sources), ...apis].flatMap(({ auth, secret }) =>
      auth && secret ? AUTHS[auth].map((field): [string, string] => [secret, field]) : [],
    ),
    ...webhooks,
  ];
  // One secret may hold two fields: a user and a password.
  const each = new Map(filled.map((it) => [it.join(' '), it]));
  const looked = [...each.values()].map(async ([configured, field]) => {
    const name = secretName(stage, configured);
    const text = await secretAt(aws, name);
    if (text === undefined) return one('secrets', 'later', `${name}: comes with the deploy; fill it then`);
    if (isFilled(text, field)) return one('secrets', 'ok', name);
    // A door that nobody uses may stay shut.
    return webhooks.some(([it]) => it === configured)
      ? one(
          'secrets',
          'later',
          `${name}: its '${field}' is empty: its webhook answers 503 until it is filled`,
        )
      : one('secrets', 'missing', `${name}: its '${field}' is empty: fill it as the README says`);
  });
  return Promise.all(looked);
}

/** The secret of each, and its field in it. */
const webhooksOf = ({ name, doors }: Declared): [string, string][] =>
  Object.keys(doors?.webhooks ?? {}).map((webhook) => [webhookSecret(name), webhook]);

async function secretAt(aws: Aws, SecretId: string): Promise<string | undefined> {
  try {
    return (await aws.json<{ SecretString?: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
      .SecretString;
  } catch (error) {
    if (error instanceof AwsRefusal && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function isFilled(text: string, field: string): boolean {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field];
    return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value.trim() !== '';
  } catch {
    return false;
  }
}
