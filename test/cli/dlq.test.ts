import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeAccount, refused } from './aws-world.ts';
import { NOON, signalbox } from './world.ts';

/* A stage with one automation and its platform; their queues are in memory, and behave as those of SQS. */

interface Kept {
  MessageId: string;
  Body: string;
  receives: number;
  source?: string;
  /** Taken by a receive: nobody else sees it. */
  taken?: boolean;
}

const aws = fakeAccount();
const ARN = 'arn:aws:sqs:eu-central-1:1:';
const URL = 'https://sqs.eu-central-1.amazonaws.com/1/';
const [DEAD, WORK, ACTIONS, STREAM] = [
  'refund-deadletters-1',
  'refund-work',
  'refund-actions',
  'unpublished-1',
];
const POISON = 'not json \u0007\u202e{';

let queues: Record<string, Kept[]>;
let audit: Record<string, Record<string, string>>[];
/** Calls that were made, and the one that the worker dies at. */
let calls: number;
let diesAt: number;

/** Of the stacks that there are. */
let stage: string;

const stack = (name: string) =>
  `<member><StackName>Signalbox-${stage}-${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member>`;
const resource = (type: string, id: string, logical = id) =>
  `<member><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`;
const RESOURCES: Record<string, string> = {
  'Signalbox-dev-refund': [DEAD, WORK, ACTIONS]
    .map((name) => resource('AWS::SQS::Queue', URL + name))
    .join(''),
  'Signalbox-dev-platform':
    resource('AWS::SQS::Queue', URL + STREAM) + resource('AWS::DynamoDB::Table', 'audit-1', 'dataaudit7'),
};

type Input = Record<string, string>;
const of = ({ QueueUrl = '' }: Input) => {
  const queue = queues[QueueUrl.slice(URL.length)];
  if (!queue) throw new Error(`there is no queue ${QueueUrl}`);
  return queue;
};

function receive(input: Input): object {
  const some = of(input)
    .filter(({ taken }) => !taken)
    .slice(0, Number(input.MaxNumberOfMessages));
  for (const one of some) {
    one.taken = true;
    one.receives += 1;
  }
  return {
    Messages: some.map(({ MessageId, Body, receives, source }) => ({
      ...{ MessageId, Body, ReceiptHandle: MessageId },
      Attributes: {
        ...{
          SentTimestamp: String(NOON - 7_200_000),
          ApproximateReceiveCount: String(receives),
          MessageGroupId: 'shop',
        },
        ...(source ? { DeadLetterQueueSourceArn: ARN + source } : {}),
      },
    })),
  };
}

const ANSWERS: Record<string, (input: Input) => unknown> = {
  'cloudformation DescribeStacks': () => stack('refund') + stack('platform'),
  'cloudformation ListStackResources': ({ StackName = '' }) =>
    RESOURCES[StackName.replace(stage, 'dev')] ?? '',
  'cloudformation GetCallerIdentity': () => '<Arn>arn:aws:iam::1:user/anna</Arn>',
  'sqs GetQueueAttributes': (input) => {
    const name = (input.QueueUrl ?? '').slice(URL.length);
    const policy = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: ARN + DEAD, maxReceiveCount: 5 }) };
    const own = [WORK, ACTIONS].includes(name) ? policy : {};
    return {
      Attributes: { QueueArn: ARN + name, ApproximateNumberOfMessages: String(of(input).length), ...own },
    };
  },
  'sqs ReceiveMessage': receive,
  'sqs ChangeMessageVisibility': (input) => {
    for (const one of of(input)) if (one.MessageId === input.ReceiptHandle) one.taken = false;
    return {};
  },
  'sqs SendMessage': (input) => {
    of(input).push({ MessageId: `m${calls}`, Body: input.MessageBody ?? '', receives: 0 });
    return {};
  },
  'sqs DeleteMessage': (input) => {
    const queue = of(input);
    queue.splice(
      queue.findIndex(({ MessageId }) => MessageId === input.ReceiptHandle),
      1,
    );
    return {};
  },
  'dynamodb PutItem': (input) => {
    audit.push((input as unknown as { Item: Record<string, Record<string, string>> }).Item);
    return {};
  },
};

beforeEach(() => {
  stage = 'dev';
  [calls, diesAt, audit] = [0, Number.POSITIVE_INFINITY, []];
  queues = { [DEAD]: [], [WORK]: [], [ACTIONS]: [], [STREAM]: [] };
  const counted = Object.entries(ANSWERS).map(([name, answer]) => [
    name,
    (input: Input) => {
      calls += 1;
      return calls >= diesAt ? refused('Dead') : answer(input);
    },
  ]);
  aws.answers = Object.fromEntries(counted);
});

/** Nobody leaves in between. */
const looks = () => Array.from({ length: 200 }, () => () => {});
const ran = (...argv: string[]) =>
  signalbox(['dlq', ...argv], { env: { AWS_ENDPOINT_URL: aws.url }, looks: looks() });
const bodies = (name: string) => queues[name]?.map(({ Body }) => Body).sort();

function dead(count: number): void {
  queues[DEAD] = Array.from({ length: count }, (_, n) => ({
    ...{ MessageId: `d${n}`, receives: 5, source: n % 3 === 0 ? ACTIONS : WORK },
    Body: JSON.stringify({ itemId: `refund_${n}`, generation: 1 }),
  }));
}

describe('dlq', () => {
  it('lists every dead-letter queue of the stage, with how many and how old', async () => {
    dead(2);
    const { code, out } = await ran('--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).queues).toEqual([
      expect.objectContaining({ queue: STREAM, of: 'platform', messages: 0, sources: [] }),
      expect.objectContaining({
        queue: DEAD,
        of: 'refund',
        messages: 2,
        oldest: '2026-11-20T10:00:00.000Z',
        sources: [WORK, ACTIONS],
      }),
    ]);
    expect((await ran()).out).toContain(`dlq show ${DEAD}`);
  });

  it('shows messages decoded, poison as harmless text, and takes none away', async () => {
    dead(1);
    queues[DEAD]?.push({ MessageId: 'p', Body: POISON, receives: 5, source: WORK });

    const { out } = await ran('show', 'refund');
    const json = JSON.parse((await ran('show', 'refund', '--json')).out);

    expect(out).toContain('{"itemId":"refund_0","generation":1}');
    expect(out).toContain(`of ${ACTIONS}`);
    expect(out).toContain('no JSON: "not json \\u0007\\u202e{"');
    expect(json.messages).toMatchObject([
      { message: { itemId: 'refund_0' } },
      { text: POISON, source: WORK },
    ]);
    expect(queues[DEAD]?.map(({ taken }) => taken)).toEqual([false, false]);
  });

  it('moves each back to the queue that it comes from, after an entry in the audit', async () => {
    dead(25);
    const before = bodies(DEAD);

    const { code, out } = await ran(
      'redrive',
      'refund',
      '--reason',
      'the fix is deployed',
      '--rate',
      '6000',
      '--json',
    );

    expect([code, JSON.parse(out)]).toEqual([
      0,
      { queue: DEAD, moved: { [ACTIONS]: 9, [WORK]: 16 }, left: 0 },
    ]);
    expect(queues[DEAD]).toEqual([]);
    expect([...(bodies(WORK) ?? []), ...(bodies(ACTIONS) ?? [])].sort()).toEqual(before);
    expect(audit).toMatchObject([
      {
        ...{ command: { S: `dlq redrive queue=${DEAD}` }, by: { S: 'arn:aws:iam::1:user/anna' } },
        ...{ comment: { S: 'the fix is deployed' }, automation: { S: 'refund' }, event: { S: 'command' } },
      },
    ]);
  });

  it('deletes what is named, after an entry in the audit, and leaves the others as they were', async () => {
    dead(12);
    const words = ['refund', '--id', 'd3,d11,gone', '--reason', 'it is nonsense', '--json'];

    const { code, out } = await ran('delete', ...words);

    expect([code, JSON.parse(out)]).toEqual([1, { queue: DEAD, deleted: 2, left: 1 }]);
    expect(queues[DEAD]?.filter(({ taken }) => !taken)).toHaveLength(10);
    expect(queues[DEAD]?.filter(({ MessageId }) => ['d3', 'd11'].includes(MessageId))).toEqual([]);
    expect(audit).toMatchObject([{ command: { S: `dlq delete queue=${DEAD} id=d3 id=d11 id=gone` } }]);
    expect((await ran('delete', 'refund', '--reason', 'it is nonsense')).code).toBe(2);
  });

  it('moves back and deletes in a local run, whose own configuration only npm start can read', async () => {
    stage = 'local';
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-dlq-'));
    vi.stubEnv('SIGNALBOX_STATE_DIR', folder);
    writeFileSync(
      join(folder, 'outputs.json'),
      JSON.stringify({ region: 'eu-central-1', endpointUrl: aws.url }),
    );
    const why = ['--reason', 'the fix is deployed'];
    for (const where of [['--local'], ['--stage', 'local']]) {
      dead(3);
      expect((await ran(...where)).out).toContain(`dlq show ${DEAD} --local`);
      expect((await ran('delete', 'refund', '--id', 'd1', ...why, ...where)).out).toBe(
        `1 deleted from ${DEAD}`,
      );
      const { code, err } = await ran('redrive', 'refund', ...why, ...where);
      expect([code, err, queues[DEAD]]).toEqual([0, '', []]);
    }
    rmSync(folder, { recursive: true });
  });

  it('says in a dry run what would be moved, and moves nothing', async () => {
    dead(4);
    const { out } = await ran('redrive', 'refund', '--dry-run', '--json');
    expect(JSON.parse(out)).toEqual({ queue: DEAD, moved: { [ACTIONS]: 2, [WORK]: 2 }, left: 0 });
    expect([queues[DEAD]?.length, queues[WORK], audit]).toEqual([4, [], []]);
  });

  it('loses nothing wherever it dies, and repeated moves the rest', async () => {
    dead(4);
    await ran('redrive', 'refund', '--reason', 'the fix is deployed', '--rate', '6000');
    const points = calls;
    expect(points).toBeGreaterThan(12);
    for (let point = 1; point <= points; point += 1) {
      queues = { [DEAD]: [], [WORK]: [], [ACTIONS]: [], [STREAM]: [] };
      dead(4);
      const before = new Set(bodies(DEAD));
      [calls, diesAt] = [0, point];
      await ran('redrive', 'refund', '--reason', 'the fix is deployed', '--rate', '6000');
      diesAt = Number.POSITIVE_INFINITY;
      const all = [DEAD, WORK, ACTIONS].flatMap((name) => bodies(name) ?? []);
      expect(new Set(all), `call ${point}`).toEqual(before);
      // What was in hand comes back when its time is over.
      for (const one of queues[DEAD] ?? []) one.taken = false;
      await ran('redrive', 'refund', '--reason', 'the fix is deployed', '--rate', '6000');
      expect(queues[DEAD], `call ${point}`).toEqual([]);
      expect(new Set([...(bodies(WORK) ?? []), ...(bodies(ACTIONS) ?? [])]), `call ${point}`).toEqual(before);
    }
  });

  it('leaves what comes from no queue of the stage, and says so', async () => {
    queues[DEAD] = [{ MessageId: 'd', Body: '{}', receives: 5, source: 'gone' }];
    const { code, out } = await ran('redrive', 'refund', '--reason', 'the fix is deployed');
    expect([code, out]).toEqual([1, expect.stringContaining('1 stay')]);
    expect(queues[DEAD]).toHaveLength(1);
  });

  it('asks for a reason, a queue that there is, and a verb that it has', async () => {
    for (const [argv, why] of [
      [['redrive', 'refund'], '--reason is missing'],
      [['redrive'], 'say which queue'],
      [['show', 'other'], 'no dead-letter queue is called like'],
      [['purge', 'refund'], 'is not a verb of dlq'],
    ] as const) {
      const { code, err } = await ran(...argv);
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
  });

  it('says without AWS credentials what needs none', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'])
      vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const here = await ran();
    expect(here.err).toContain('no AWS credentials');
    expect(here.err).toMatch(/; the console shows .*; of a local run: signalbox dlq --local$/);
    expect((await ran('--stage', 'prod')).err).toMatch(/: Operate, Dead letters$/);
  });
});
