import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENV, type HandlerName } from '../../lambdas/contract/env.ts';
import { declaredDoors } from '../../lambdas/contract/intake/doors.ts';
import { DOOR_DELIVERED, METRICS } from '../../lambdas/contract/metrics.ts';
import { deadLettersName } from '../../lambdas/contract/names.ts';
import { partsOf } from '../../lambdas/operate/dead-letters/queues.ts';
import { automations } from '../support/automations.ts';
import {
  handlerName,
  ofType,
  paths,
  property,
  referred,
  type Synthesised,
  synthesise,
  text,
} from '../support/synth.ts';

let prod: Synthesised;
let dev: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
  dev = await synthesise('dev');
});

/** Every stage that is deployed to AWS is held to the same: `prod`, and any other. */
const DEPLOYED: [string, () => Synthesised][] = [
  ['prod', () => prod],
  ['dev', () => dev],
];

/** What the house tells every function, beside its row. */
const HOUSE_VARIABLES = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'SERVICE'];

/** Exist only where an automation declares them, which none of these does. */
const UNDECLARED = ['models/batch', 'operate/surrogates'];

/** Those with the stage `read`. */
const readers = automations.filter(({ documents }) => documents);
const lanes = automations.filter((it) => it.lanes === 'separate');
/** Those with doors that nobody waits at: they have a queue for them. */
const opened = automations.filter(
  ({ doors }) => doors?.events ?? doors?.schedules ?? doors?.mail ?? doors?.drop,
);
const more = readers.length + lanes.length + opened.length;

describe.each(DEPLOYED)('stage %s', (name, stage) => {
  /** Queues that take what failed: of queues, streams, topics, rules, and functions that are called and not waited for. */
  const failureQueues = () => {
    const sinks: [string, string][] = [
      ['AWS::SQS::Queue', 'RedrivePolicy'],
      ['AWS::SNS::Subscription', 'RedrivePolicy'],
      ['AWS::Lambda::EventSourceMapping', 'DestinationConfig'],
      ['AWS::Lambda::EventInvokeConfig', 'DestinationConfig'],
      ['AWS::Lambda::Function', 'DeadLetterConfig'],
    ];
    const of = sinks.flatMap(([type, field]) =>
      ofType(stage(), type).flatMap((it) => (property(it, field) ? referred(it, field) : [])),
    );
    const ruled = ofType(stage(), 'AWS::Events::Rule').flatMap((it) => {
      const targets = property<{ DeadLetterConfig?: object }[]>(it, 'Targets') ?? [];
      return targets.flatMap(({ DeadLetterConfig }) => {
        const arn = JSON.stringify(DeadLetterConfig ?? {});
        return ofType(stage(), 'AWS::SQS::Queue')
          .filter(({ stack, id }) => stack === it.stack && arn.includes(`"${id}"`))
          .map(({ stack, id }) => `${stack}/${id}`);
      });
    });
    return new Set([...of, ...ruled]);
  };

  it('has a dead-letter queue behind every queue', () => {
    const without = ofType(stage(), 'AWS::SQS::Queue').filter(
      (queue) => !property(queue, 'RedrivePolicy') && !failureQueues().has(`${queue.stack}/${queue.id}`),
    );
    expect(paths(without)).toEqual([]);
    // One of each stack.
    expect(failureQueues().size).toBe(1 + automations.length);
  });

  it('shows every queue that takes what failed to operators, on the page and by `signalbox dlq`', () => {
    const shown = partsOf(automations).map((part) => deadLettersName(name, part));
    const named = ofType(stage(), 'AWS::SQS::Queue')
      .filter(({ stack, id }) => failureQueues().has(`${stack}/${id}`))
      .map((queue) => property<string>(queue, 'QueueName'));
    expect(named.sort()).toEqual(shown.sort());
  });

  it('sets aside what a reader of a table fails at, but for the one that only wakes', () => {
    const streams = ofType(stage(), 'AWS::Lambda::EventSourceMapping').filter((it) =>
      property(it, 'StartingPosition'),
    );
    const without = streams.filter((it) => !property(it, 'DestinationConfig'));
    expect([streams.length - without.length, without.length]).toEqual([4, 1]);
  });

  it('raises an alarm for a single message in a dead-letter queue, at somebody', () => {
    const watched = ofType(stage(), 'AWS::CloudWatch::Alarm')
      .filter((alarm) => property(alarm, 'MetricName') === 'ApproximateNumberOfMessagesVisible')
      .filter(
        (alarm) =>
          property(alarm, 'Threshold') === 1 && (property<unknown[]>(alarm, 'AlarmActions')?.length ?? 0) > 0,
      )
      .flatMap((alarm) => referred(alarm, 'Dimensions'));
    expect([...failureQueues()].filter((queue) => !watched.includes(queue))).toEqual([]);
  });

  it('lets CloudWatch publish to the topic of the alarms, which has a policy of its own', () => {
    stage().templates.platform?.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        ]),
      },
    });
  });

  it('mails nobody about a single item: SNS suspends a subscription that gets more than ten mails a second', () => {
    const targets = ofType(stage(), 'AWS::Events::Rule').flatMap((rule) => referred(rule, 'Targets'));
    const topics = ofType(stage(), 'AWS::SNS::Topic').map(({ stack, id }) => `${stack}/${id}`);
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => topics.includes(target))).toEqual([]);
  });

  it('sends the metrics that its alarms read, and no other', () => {
    const read = ofType(stage(), 'AWS::CloudWatch::Alarm')
      .filter((alarm) => String(property(alarm, 'Namespace')).startsWith('Signalbox/'))
      .map((alarm) => property(alarm, 'MetricName'));
    const house = read.filter((metric) => metric !== DOOR_DELIVERED);
    expect(new Set(house)).toEqual(new Set(Object.values(METRICS)));
    expect(house).toHaveLength(Object.keys(METRICS).length);
  });

  it('hears of every run that failed, and of none in another environment', () => {
    const [rule, ...others] = ofType(stage(), 'AWS::Events::Rule').filter((it) =>
      JSON.stringify(property(it, 'EventPattern') ?? '').includes('aws.states'),
    );
    expect(others).toEqual([]);
    const { detail } = property<{ detail: Record<string, unknown> }>(rule as never, 'EventPattern') ?? {};
    expect(detail?.status).toEqual(['FAILED', 'TIMED_OUT']);
    expect(JSON.stringify(detail?.stateMachineArn)).toMatch(/:stateMachine:signalbox-(?:prod|dev)-"/);
    expect(JSON.stringify(property(rule as never, 'Targets'))).toMatch(/DeadLetterConfig/);
  });

  it('watches each automation by as few alarms as tell that it stands still', () => {
    const of = (stack: string) =>
      ofType(stage(), 'AWS::CloudWatch::Alarm').filter((it) => it.stack === stack).length;
    // Its dead letters, and each door that is not to be silent. What else there is of it the clock judges.
    for (const { name, doors = {} } of automations) {
      const watched = declaredDoors(doors).filter(([, { silentHours }]) => silentHours !== undefined);
      expect(of(name), name).toBe(1 + watched.length);
    }
  });

  it('encrypts queues and takes messages over TLS only', () => {
    const queues = ofType(stage(), 'AWS::SQS::Queue');
    const denied = ofType(stage(), 'AWS::SQS::QueuePolicy')
      .filter((policy) => JSON.stringify(policy.resource).includes('"aws:SecureTransport":"false"'))
      .flatMap((policy) => referred(policy, 'Queues'));
    const lax = queues.filter(
      (queue) => !denied.includes(`${queue.stack}/${queue.id}`) || !property(queue, 'SqsManagedSseEnabled'),
    );
    expect(paths(lax)).toEqual([]);
  });

  it('restores, encrypts and forgets in every table', () => {
    const tables = ofType(stage(), 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(8);
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
    // The others are the archive of the audit, which has a test of its own, the uploads, and what comes in by mail and by drop.
    expect(ofType(stage(), 'AWS::S3::Bucket')).toHaveLength(5);
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
    const groups = ofType(stage(), 'AWS::Lambda::Function').map((fn) => referred(fn, 'LoggingConfig')[0]);
    const made = ofType(stage(), 'AWS::Logs::LogGroup').map(({ stack, id }) => `${stack}/${id}`);
    expect(groups.filter((group) => !group || !made.includes(group))).toEqual([]);
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('runs every function on Node.js 24 on arm64, traced, and for a time that is said', () => {
    for (const { path, resource } of ofType(stage(), 'AWS::Lambda::Function')) {
      expect(resource.Properties, path).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        // X-Ray would take each run of a clock, of which hardly any finds anything.
        TracingConfig: {
          Mode: /operate--redrives|approve--timekeeper/.test(path) ? 'PassThrough' : 'Active',
        },
        Timeout: expect.any(Number),
      });
    }
  });

  it('tells every function its row of the environment table, and nothing else', () => {
    const functions = ofType(stage(), 'AWS::Lambda::Function');
    const names = functions.map(handlerName);
    const missing = Object.keys(ENV).filter((name) => !names.includes(name as HandlerName));
    expect(missing).toEqual(UNDECLARED);
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
    expect(mappings).toHaveLength(8 + 2 * automations.length + more);
    expect(paths(mappings.filter((mapping) => property(mapping, 'Enabled') === false))).toEqual([]);
  });

  it('makes a failed record of a queue come back alone, and a batch of a dead consumer as soon as Lambda lets it', () => {
    const byPlace = new Map(stage().resources.map((it) => [`${it.stack}/${it.id}`, it]));
    const fed = ofType(stage(), 'AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
      const source = byPlace.get(referred(mapping, 'EventSourceArn')[0] ?? '');
      const fn = byPlace.get(referred(mapping, 'FunctionName')[0] ?? '');
      return source?.resource.Type === 'AWS::SQS::Queue' && fn ? [{ mapping, queue: source, fn }] : [];
    });
    expect(fed).toHaveLength(3 + 2 * automations.length + more);
    for (const { mapping, queue, fn } of fed) {
      expect(property(mapping, 'FunctionResponseTypes'), mapping.path).toEqual(['ReportBatchItemFailures']);
      expect(property<number>(queue, 'VisibilityTimeout'), queue.path).toBe(
        Math.max(75, property<number>(fn, 'Timeout') ?? 0),
      );
      // Where that is long, the worker has a heartbeat, and has to know its end.
      const { Variables } = property<{ Variables: Record<string, string> }>(fn, 'Environment') ?? {};
      if ((property<number>(fn, 'Timeout') ?? 0) > 75)
        expect(Number(Variables?.LIMIT_SECONDS), fn.path).toBe(property(fn, 'Timeout'));
    }
  });

  it('names nothing of the local engine', () => {
    for (const [stack, template] of Object.entries(stage().templates)) {
      const local = /127\.0\.0\.1|localhost|ministack|sandbox|000000000000|ms-custom-id/i;
      expect(JSON.stringify(template.toJSON()), stack).not.toMatch(local);
    }
  });
});

it('keeps room for the people who decide, whatever is posted', () => {
  const [stage] = ofType(prod, 'AWS::ApiGatewayV2::Stage');
  const routes = Object.keys(property(stage as never, 'RouteSettings') as object);
  expect(routes.sort()).toEqual([
    'ANY /approvals/{id}',
    'ANY /console',
    'ANY /console/{proxy+}',
    'GET /approvals/{id}/pages/{ref}/{n}',
    'POST /slack/interactions',
  ]);
  // API Gateway knows no settings of a route that is not there.
  expect(stage?.resource.DependsOn).toHaveLength(routes.length);
  const reserved = ofType(prod, 'AWS::Lambda::Function').filter((it) =>
    property(it, 'ReservedConcurrentExecutions'),
  );
  const names = paths(reserved).map((path) => path.split('/').at(-1));
  expect(names.sort()).toEqual(['approve--page', 'console--console']);
});
