import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENV, type HandlerName } from '../../lambdas/shared/env.ts';
import { allowances, ofType, type Placed, references, type Synthesised, synthesise, text } from '../support/synth.ts';

let prod: Synthesised;
let dev: Synthesised;
let local: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod', true);
  dev = await synthesise('dev');
  local = await synthesise('local');
});

/** Every stage that is deployed to AWS is held to the same: `prod`, and any other. */
const DEPLOYED: [string, () => Synthesised][] = [
  ['prod', () => prod],
  ['dev', () => dev],
];

const paths = (placed: readonly Placed[]) => placed.map(({ path }) => path);
/** What a property refers to, as `stack/logical id`: ids are unique in a stack only. */
const referred = (it: Placed, name: string) => references(property(it, name)).map((id) => `${it.stack}/${id}`);
const property = <T>({ resource }: Placed, name: string) => resource.Properties[name] as T | undefined;

describe.each(DEPLOYED)('stage %s', (_, stage) => {
  /** Queues that take what failed: as the target of a redrive policy, or of a mapping's onFailure. */
  const failureQueues = () => {
    const redrives = ofType(stage(), 'AWS::SQS::Queue').flatMap((it) => referred(it, 'RedrivePolicy'));
    const failures = ofType(stage(), 'AWS::Lambda::EventSourceMapping').flatMap((it) => referred(it, 'DestinationConfig'));
    return new Set([...redrives, ...failures]);
  };

  it('has a dead-letter queue behind every queue', () => {
    const without = ofType(stage(), 'AWS::SQS::Queue').filter(
      (queue) => !property(queue, 'RedrivePolicy') && !failureQueues().has(`${queue.stack}/${queue.id}`),
    );
    expect(paths(without)).toEqual([]);
    expect(failureQueues().size).toBe(8);
  });

  it('raises an alarm for a single message in a dead-letter queue, at somebody', () => {
    const watched = ofType(stage(), 'AWS::CloudWatch::Alarm')
      .filter((alarm) => property(alarm, 'MetricName') === 'ApproximateNumberOfMessagesVisible')
      .filter((alarm) => property(alarm, 'Threshold') === 1 && property<unknown[]>(alarm, 'AlarmActions')?.length === 1)
      .flatMap((alarm) => referred(alarm, 'Dimensions'));
    expect([...failureQueues()].filter((queue) => !watched.includes(queue))).toEqual([]);
  });

  it('lets CloudWatch publish to the topic of the alarms, which has a policy of its own', () => {
    stage().templates.platform?.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
        ]),
      },
    });
  });

  it('encrypts queues and takes messages over TLS only', () => {
    const queues = ofType(stage(), 'AWS::SQS::Queue');
    const denied = ofType(stage(), 'AWS::SQS::QueuePolicy')
      .filter((policy) => JSON.stringify(policy.resource).includes('"aws:SecureTransport":"false"'))
      .flatMap((policy) => referred(policy, 'Queues'));
    const lax = queues.filter((queue) => !denied.includes(`${queue.stack}/${queue.id}`) || !property(queue, 'SqsManagedSseEnabled'));
    expect(paths(lax)).toEqual([]);
  });

  it('restores, encrypts and forgets in every table', () => {
    const tables = ofType(stage(), 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(4);
    for (const { path, resource } of tables) {
      expect(resource.Properties, path).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
  });

  it('encrypts the content bucket, keeps the public out, and lets content expire', () => {
    expect(ofType(stage(), 'AWS::S3::Bucket')).toHaveLength(1);
    stage().templates.platform?.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    });
  });

  it('ends the life of every log', () => {
    const groups = ofType(stage(), 'AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(10);
    expect(paths(groups.filter((group) => property(group, 'RetentionInDays') !== 30))).toEqual([]);
  });

  it('gives every function a log group that no other function writes to', () => {
    const groups = ofType(stage(), 'AWS::Lambda::Function').map(
      (fn) => referred(fn, 'LoggingConfig')[0],
    );
    const made = ofType(stage(), 'AWS::Logs::LogGroup').map(({ stack, id }) => `${stack}/${id}`);
    expect(groups.filter((group) => !group || !made.includes(group))).toEqual([]);
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('runs every function on Node.js 24 on arm64, traced, and for a time that is said', () => {
    for (const { path, resource } of ofType(stage(), 'AWS::Lambda::Function')) {
      expect(resource.Properties, path).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        Timeout: expect.any(Number),
      });
    }
  });

  it('tells every function its row of the environment table, and nothing else', () => {
    const functions = ofType(stage(), 'AWS::Lambda::Function');
    const names = functions.map(handlerName);
    expect(new Set(names)).toEqual(new Set(Object.keys(ENV)));
    for (const fn of functions) {
      const variables = property<{ Variables: object }>(fn, 'Environment')?.Variables ?? {};
      const row = ENV[handlerName(fn) as HandlerName];
      expect(Object.keys(variables).sort(), fn.path).toEqual([...row, ...HOUSE_VARIABLES].sort());
    }
  });

  it('keeps secrets out of environments: what a function is told is an ARN', () => {
    for (const fn of ofType(stage(), 'AWS::Lambda::Function')) {
      const variables = property<{ Variables: Record<string, unknown> }>(fn, 'Environment')?.Variables ?? {};
      expect(text(variables), fn.path).not.toMatch(/\{\{resolve:|sk-[A-Za-z0-9]{8}/);
    }
  });

  it('feeds every function from its queue or stream', () => {
    const mappings = ofType(stage(), 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(8);
    expect(paths(mappings.filter((mapping) => property(mapping, 'Enabled') === false))).toEqual([]);
  });

  it('makes a failed record of a queue come back alone, and gives its consumer time for six tries', () => {
    const byPlace = new Map(stage().resources.map((it) => [`${it.stack}/${it.id}`, it]));
    const fed = ofType(stage(), 'AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
      const source = byPlace.get(referred(mapping, 'EventSourceArn')[0] ?? '');
      const fn = byPlace.get(referred(mapping, 'FunctionName')[0] ?? '');
      return source?.resource.Type === 'AWS::SQS::Queue' && fn ? [{ mapping, queue: source, fn }] : [];
    });
    expect(fed).toHaveLength(6);
    for (const { mapping, queue, fn } of fed) {
      expect(property(mapping, 'FunctionResponseTypes'), mapping.path).toEqual(['ReportBatchItemFailures']);
      expect(property<number>(queue, 'VisibilityTimeout'), queue.path).toBe(6 * (property<number>(fn, 'Timeout') ?? 0));
    }
  });

  it('names nothing of the local engine', () => {
    for (const [stack, template] of Object.entries(stage().templates)) {
      const found = JSON.stringify(template.toJSON()).match(/127\.0\.0\.1|localhost|ministack|sandbox|000000000000|ms-custom-id/gi);
      expect(found, stack).toBeNull();
    }
  });
});

const HOUSE_VARIABLES = ['NODE_OPTIONS', 'POWERTOOLS_LOG_LEVEL', 'SERVICE'];

function handlerName(fn: Placed): string {
  return /^\[([\w/-]+)\]/.exec(String(fn.resource.Properties.Description))?.[1] ?? '';
}

describe('permissions', () => {
  /** Every resource that is a pattern: who may do what with it, and why it cannot be narrower. */
  const WILDCARDS = [
    {
      reason: 'X-Ray has no resources to name',
      who: /./,
      resource: /^\*$/,
      actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    },
    {
      reason: 'the streams of a table have no name to list them by',
      who: /approve--wake|observe--publish/,
      resource: /^\*$/,
      actions: ['dynamodb:ListStreams'],
    },
    {
      reason: 'the delivery of logs is set up by Step Functions and has no resources to name',
      who: /\/item\/Role/,
      resource: /^\*$/,
      actions: [
        ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
        ...['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'],
      ],
    },
    {
      reason: 'one object per item, and items are not known before they are posted',
      who: /intake--intake|process--process/,
      resource: /datacontent\w+(?:\.Arn)?>\/items\/\*$/,
      actions: ['s3:GetObject', 's3:PutObject'],
    },
    {
      reason: 'the same, for those who only read',
      who: /act--act|approve--ask|approve--desk|api--api/,
      resource: /datacontent\w+(?:\.Arn)?>\/items\/\*$/,
      actions: ['s3:GetObject'],
    },
    {
      reason: 'a run is named after its item; an automation answers its own runs',
      who: /Signalbox-prod-(?:refund-request|support-triage)\/act--act/,
      resource: /:execution:signalbox-prod-(?:refund-request|support-triage):\*$/,
      actions: RUN_ACTIONS(),
    },
    {
      reason: 'the desk carries decisions to the runs of every automation of its stage, and of no other state machine',
      who: /approve--wake/,
      resource: /:stateMachine:signalbox-prod-\*$|:execution:signalbox-prod-\*:\*$/,
      actions: RUN_ACTIONS(),
    },
  ];

  it('never allow every action, nor a family of actions', () => {
    const wide = allowances(prod).filter(({ statement }) => [statement.Action].flat().some((action) => action.includes('*')));
    expect(wide.map(({ path, statement }) => `${path}: ${statement.Action}`)).toEqual([]);
  });

  it('name their resources, but for the listed patterns', () => {
    const unexplained = allowances(prod).flatMap(({ path, statement }) =>
      [statement.Resource].flat().flatMap((resource) => {
        const arn = text(resource);
        if (!arn.includes('*')) return [];
        const unlisted = [statement.Action].flat().filter(
          (action) => !WILDCARDS.some((it) => it.who.test(path) && it.resource.test(arn) && it.actions.includes(action)),
        );
        return unlisted.length > 0 ? [`${path}: ${unlisted} on ${arn}`] : [];
      }),
    );
    expect(unexplained).toEqual([]);
  });

  it('list no pattern that nobody has', () => {
    const all = allowances(prod).flatMap(({ path, statement }) =>
      [statement.Resource].flat().map((resource) => ({ path, arn: text(resource), actions: [statement.Action].flat() })),
    );
    const idle = WILDCARDS.filter(
      (it) => !it.actions.every((action) => all.some((has) => it.who.test(has.path) && it.resource.test(has.arn) && has.actions.includes(action))),
    );
    expect(idle.map(({ reason }) => reason)).toEqual([]);
  });

  it('write the ARN of a run and of a state machine with colons, as IAM matches it', () => {
    const arns = allowances(prod).flatMap(({ statement }) => [statement.Resource].flat().map(text));
    expect(arns.filter((arn) => /:states:/.test(arn) && /(?:stateMachine|execution)\//.test(arn))).toEqual([]);
  });

  it('come from no managed policy, whose next version somebody else writes', () => {
    const roles = ofType(prod, 'AWS::IAM::Role').filter((role) => property(role, 'ManagedPolicyArns'));
    expect(paths(roles)).toEqual([]);
  });

  it('keep the secret of the ledger from an automation that has no action there', () => {
    const ledger = ofType(prod, 'AWS::SecretsManager::Secret').find(
      (secret) => property(secret, 'Name') === 'signalbox/destinations/refund-ledger',
    );
    const readers = allowances(prod).filter(({ statement }) => text(statement.Resource).includes(ledger?.id ?? '-'));
    expect(readers.map(({ stack }) => stack)).toEqual(['refund-request']);
    expect(JSON.stringify(prod.templates['support-triage']?.toJSON())).not.toContain(ledger?.id);
  });

  it('give each function only the secrets it is told of', () => {
    for (const { stack, path, statement } of allowances(prod)) {
      if (![statement.Action].flat().includes('secretsmanager:GetSecretValue')) continue;
      const name = path.replace(' ServiceRole/DefaultPolicy', '');
      const fn = ofType(prod, 'AWS::Lambda::Function').find((it) => it.stack === stack && it.path === name);
      const told = JSON.stringify(fn?.resource.Properties.Environment);
      for (const resource of [statement.Resource].flat()) {
        const secret = /(datasignalbox\w+?)(?:Ref|[0-9A-F]{8})/.exec(text(resource))?.[1];
        expect(told, `${path} reads ${text(resource)}`).toContain(secret);
      }
    }
  });

  it('let the authorizer alone read who the callers are', () => {
    const clients = ofType(prod, 'AWS::SecretsManager::Secret').find((it) => property(it, 'Name') === 'signalbox/clients');
    const readers = allowances(prod).filter(({ statement }) => text(statement.Resource).includes(clients?.id ?? '-'));
    expect(readers.map(({ path }) => path)).toEqual([expect.stringContaining('authorize--authorize')]);
  });

  it('open to everybody only the pages of approvers and the description of the API', () => {
    const open = ofType(prod, 'AWS::ApiGatewayV2::Route').filter((route) => property(route, 'AuthorizationType') !== 'CUSTOM');
    expect(open.map((route) => property(route, 'RouteKey')).sort()).toEqual(['ANY /approvals/{id}', 'GET /openapi.json']);
  });
});

function RUN_ACTIONS(): string[] {
  return ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:DescribeExecution', 'states:StartExecution'];
}

describe('production', () => {
  it('keeps tables, content and secrets when a stack goes, and lets nobody delete a table', () => {
    const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];
    const lost = prod.resources.filter(
      ({ resource }) =>
        kept.includes(resource.Type) &&
        !(resource.DeletionPolicy === 'Retain' && resource.UpdateReplacePolicy === 'Retain'),
    );
    expect(paths(lost)).toEqual([]);
    const tables = ofType(prod, 'AWS::DynamoDB::Table');
    expect(paths(tables.filter((table) => property(table, 'DeletionProtectionEnabled') !== true))).toEqual([]);
  });
});

describe('the local stage', () => {
  it('leaves SQS mappings to the local poller, and only those', () => {
    const mappings = ofType(local, 'AWS::Lambda::EventSourceMapping');
    const off = mappings.filter((mapping) => property(mapping, 'Enabled') === false);
    expect(off).toHaveLength(6);
    expect(off.every((mapping) => property(mapping, 'FunctionResponseTypes'))).toBe(true);
    expect(mappings.filter((mapping) => !off.includes(mapping)).every((mapping) => property(mapping, 'StartingPosition'))).toBe(true);
  });

  it('differs from production in what lib/stage.ts lists, and in nothing else', () => {
    const differences = differing(flat(prod), flat(local));
    const unlisted = differences.filter((difference) => !LISTED.some((listed) => listed.test(difference)));
    expect(unlisted).toEqual([]);
    expect(LISTED.filter((listed) => !differences.some((difference) => listed.test(difference)))).toEqual([]);
  });

  const LISTED = [
    // Removal policies: `removal` and `protected`.
    /(?:DeletionPolicy|UpdateReplacePolicy): Retain -> Delete$/,
    /Properties\.DeletionProtectionEnabled: true -> false$/,
    // `pollsByItself`
    /SqsEventSource\S* Properties\.Enabled: true -> false$/,
    // `logLevel`
    /Environment\.Variables\.POWERTOOLS_LOG_LEVEL: INFO -> DEBUG$/,
  ];

  /** Every leaf of every resource by its place, with the names of the stage and hashes of names taken out. */
  function flat(app: Synthesised): Map<string, string> {
    const leaves = new Map<string, string>();
    for (const { path, resource } of app.resources) {
      if (resource.Type === 'AWS::CDK::Metadata') continue;
      const { Metadata, ...rest } = resource;
      for (const [place, value] of leavesOf(rest, '')) leaves.set(neutral(`${path} ${place}`), neutral(value));
    }
    return leaves;
  }

  function leavesOf(value: unknown, place: string): [string, string][] {
    if (typeof value !== 'object' || value === null) return [[place, String(value)]];
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(?:Ref|Fn::.*)$/.test(keys[0] ?? '')) return [[place, text(value)]];
    return Object.entries(value).flatMap(([key, member]) => leavesOf(member, place ? `${place}.${key}` : key));
  }

  function neutral(value: string): string {
    return value
      .replaceAll('<AWS::Region>', 'us-east-1')
      .replaceAll('<AWS::AccountId>', '000000000000')
      .replaceAll(/<AWS::Partition>/g, 'aws')
      .replaceAll('<AWS::URLSuffix>', 'amazonaws.com')
      .replaceAll(/([Ss]ignalbox[-.]?)(?:prod|local)/g, '$1STAGE')
      .replace(/^(?:prod|local)$|(?<=Signalbox )(?:prod|local)$/, 'STAGE')
      .replaceAll(/[0-9a-f]{64}|[0-9A-F]{8}/g, '#');
  }

  function differing(before: Map<string, string>, after: Map<string, string>): string[] {
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((place) => before.get(place) !== after.get(place))
      .map((place) => `${place}: ${before.get(place)} -> ${after.get(place)}`);
  }
});

describe('bundles', () => {
  const bundle = (fn: Placed): string => {
    const { S3Key } = fn.resource.Properties.Code as { S3Key: string };
    return readFileSync(join(prod.directory, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8');
  };
  const functions = () => ofType(prod, 'AWS::Lambda::Function').map((fn) => ({ fn, name: handlerName(fn), code: bundle(fn) }));

  it('are small, and smallest where a caller waits for a cold start', () => {
    const tooLarge = functions().flatMap(({ fn, name, code }) => {
      const most = /^(?:intake|authorize)\//.test(name) ? 350_000 : 1_500_000;
      const size = Buffer.byteLength(code);
      return size > most ? [`${fn.path}: ${size} bytes of ${most}`] : [];
    });
    expect(tooLarge).toEqual([]);
  });

  it('carry the thinking of their own automation, and of no other', () => {
    for (const own of AUTOMATIONS) {
      const others = AUTOMATIONS.filter((other) => other !== own).flatMap(phrasesOf);
      const mine = functions().filter(({ fn }) => fn.stack === own);
      for (const { fn, code } of mine) expect(others.filter((phrase) => code.includes(phrase)), fn.path).toEqual([]);
      const process = mine.find(({ name }) => name === 'process/process')?.code ?? '';
      const known = phrasesOf(own).filter((phrase) => process.includes(phrase));
      expect(known.length, `phrases of ${own} that its own process function carries`).toBeGreaterThan(20);
    }
  });

  it('of the platform carry the thinking of none', () => {
    const prompts = AUTOMATIONS.flatMap((automation) => phrasesIn(automation, ['.md', 'evaluate.ts', 'knowledge.ts']));
    expect(prompts.length).toBeGreaterThan(40);
    for (const { fn, code } of functions().filter(({ fn }) => fn.stack === 'platform')) {
      expect(prompts.filter((phrase) => code.includes(phrase)), fn.path).toEqual([]);
    }
  });

  it('of intake and act carry no prompt, and act no declaration', () => {
    for (const { fn, name, code } of functions().filter(({ name }) => name === 'act/act' || name === 'intake/intake')) {
      const without = phrasesIn(fn.stack, name === 'act/act' ? [''] : ['.md', 'evaluate.ts']);
      expect(without.filter((phrase) => code.includes(phrase)), fn.path).toEqual([]);
    }
  });

  const AUTOMATIONS = readdirSync('automations', { withFileTypes: true }).flatMap((it) => (it.isDirectory() ? [it.name] : []));

  /** Runs of plain words that only this automation's sources have: comments left out, escapes cannot change them. */
  function phrasesOf(automation: string): string[] {
    const others = AUTOMATIONS.filter((other) => other !== automation).flatMap((other) => phrasesIn(other, ['']));
    return phrasesIn(automation, ['']).filter((phrase) => !others.includes(phrase));
  }

  function phrasesIn(automation: string, endings: string[]): string[] {
    const files = readdirSync(join('automations', automation), { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => /\.(?:ts|md)$/.test(file) && endings.some((ending) => file.endsWith(ending)));
    return sources.flatMap((file) => {
      const source = readFileSync(join('automations', automation, file), 'utf8');
      const code = file.endsWith('.ts') ? [...source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/'([^'\n]+)'/g)].map(([, it]) => it).join('\n') : source;
      return code.match(/[A-Za-z][A-Za-z ,]{28,}[a-z]/g) ?? [];
    });
  }
});
