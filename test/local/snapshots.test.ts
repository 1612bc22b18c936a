import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloudformation, sdkOptions, stackStatuses } from '../../local/emulator.ts';
import { isHalfMade, removeHalfMade } from '../../local/mend.ts';
import { type Emulator, type Saved, startEmulator } from '../../local/ministack.ts';
import { freePort } from '../../local/ports.ts';
import { restoreSnapshot, whatIsMissing } from '../../local/snapshots.ts';

const TABLE = 'kept';

describe('an emulator that is killed', () => {
  let stateDir: string;
  let emulator: Emulator;

  const start = async () => {
    emulator = await startEmulator({ port: await freePort(), stateDir, log: console.log });
  };
  const rows = () => new DynamoDBClient(sdkOptions(emulator.endpoint));
  const put = (key: string) =>
    rows().send(new PutItemCommand({ TableName: TABLE, Item: { key: { S: key } } }));
  const has = async (key: string) =>
    (await rows().send(new GetItemCommand({ TableName: TABLE, Key: { key: { S: key } } }))).Item !==
    undefined;
  const object = (name: string, init: RequestInit = {}) =>
    fetch(`${emulator.endpoint}/bucket-of-test/${name}`, init);
  const kill = async () => {
    process.kill(emulator.pid ?? 0, 'SIGKILL');
    await emulator.ended;
  };
  async function stream(): Promise<string[]> {
    const call = async <T>(operation: string, body: object) => {
      const answer = await fetch(emulator.endpoint, {
        method: 'POST',
        headers: {
          'X-Amz-Target': `DynamoDBStreams_20120810.${operation}`,
          'Content-Type': 'application/x-amz-json-1.0',
        },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as T;
    };
    const { Streams } = await call<{ Streams: { StreamArn: string }[] }>('ListStreams', { TableName: TABLE });
    const StreamArn = Streams[0]?.StreamArn;
    const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn },
    );
    const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', {
      ...{ StreamArn, ShardId: StreamDescription.Shards[0]?.ShardId, ShardIteratorType: 'TRIM_HORIZON' },
    });
    const { Records } = await call<{ Records: { dynamodb: { Keys: { key: { S: string } } } }[] }>(
      'GetRecords',
      {
        ShardIterator,
      },
    );
    return Records.map(({ dynamodb }) => dynamodb.Keys.key.S);
  }

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'signalbox-snapshots-'));
    await start();
    await rows().send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    await fetch(`${emulator.endpoint}/bucket-of-test`, { method: 'PUT' });
    await put('before');
    await object('one', { method: 'PUT', body: 'before' });
    await emulator.save();
    await put('after');
    await object('one', { method: 'PUT', body: 'after' });
    await object('two', { method: 'PUT', body: 'after' });
    await kill();
    // As a kill in the middle of the next one leaves it.
    mkdirSync(join(stateDir, 'snapshots', '999.part', 'state'), { recursive: true });
    await start();
  });
  afterAll(async () => {
    await emulator?.stop();
    rmSync(stateDir, { recursive: true });
  });

  it('comes back with its last snapshot, whole: rows, objects, and changes that are still to be delivered', async () => {
    expect([await has('before'), await has('after')]).toEqual([true, false]);
    expect(await (await object('one')).text()).toBe('before');
    expect((await object('two')).status).toBe(404);
    expect(await stream()).toEqual(['before']);
  });

  it('knows that something is missing, and since when', () => {
    const { at, missingSince } = emulator.restored;
    expect(missingSince?.getTime()).toBeGreaterThanOrEqual(at?.getTime() ?? Number.POSITIVE_INFINITY);
  });

  it('saves nothing where nothing changed: reading is no change', async () => {
    await emulator.save();
    const before = (await emulator.save()) as Saved;
    await rows().send(new ScanCommand({ TableName: TABLE }));
    await object('one');
    expect(await emulator.save()).toEqual(before);
    expect(existsSync(join(stateDir, 'snapshots', `${newest()}.changed`))).toBe(false);

    await put('more');
    expect(existsSync(join(stateDir, 'snapshots', `${newest()}.changed`))).toBe(true);
    expect((await emulator.save())?.snapshots).toBe(before.snapshots + 1);
  });

  it('loses nothing when it is stopped, and then says nothing', async () => {
    await put('last');
    await emulator.stop();
    await start();

    expect(await has('last')).toBe(true);
    expect(whatIsMissing(emulator.restored)).toBeUndefined();
  });

  it('stops while it saves', async () => {
    for (const key of ['one', 'two', 'three']) {
      await put(key);
      await Promise.allSettled([emulator.save(), emulator.stop()]);
      await start();
      expect(await has(key)).toBe(true);
    }
  });

  it('is not saved in the middle of a deployment: the snapshot before it is whole', async () => {
    await emulator.save();
    const created = cloudformation(emulator.endpoint, 'CreateStack', {
      StackName: 'broken-off',
      TemplateBody: JSON.stringify({
        Resources: {
          Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
          Wait: {
            Type: 'AWS::CloudFormation::WaitCondition',
            Properties: { Handle: { Ref: 'Handle' }, Timeout: '600' },
          },
        },
      }),
    });
    await created;
    expect((await stackStatuses(emulator.endpoint)).get('broken-off')).toBe('CREATE_IN_PROGRESS');

    await expect(emulator.save()).rejects.toThrow('could not save its state: a stack is being deployed');
    await kill();
    await start();

    expect((await stackStatuses(emulator.endpoint)).has('broken-off')).toBe(false);
  });

  it('gets rid of a stack that never became whole, and of the bucket that its deployment left', async () => {
    const bucket = 'cdk-hnb659fds-assets-000000000000-us-east-1';
    await fetch(`${emulator.endpoint}/${bucket}`, { method: 'PUT' });
    await fetch(`${emulator.endpoint}/${bucket}/asset.zip`, { method: 'PUT', body: 'x' });
    // What cdk bootstrap met for ever: the bucket is there already.
    await cloudformation(emulator.endpoint, 'CreateStack', {
      StackName: 'CDKToolkit',
      TemplateBody: JSON.stringify({
        Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } } },
      }),
    });
    await expect
      .poll(async () => (await stackStatuses(emulator.endpoint)).get('CDKToolkit'))
      .toMatch(/^(ROLLBACK_COMPLETE|CREATE_FAILED)$/);

    const said: string[] = [];
    await removeHalfMade(emulator.endpoint, (line) => said.push(line));

    expect(said).toEqual(['removing CDKToolkit, which an earlier start left half-made ...']);
    expect((await stackStatuses(emulator.endpoint)).has('CDKToolkit')).toBe(false);
    expect((await fetch(`${emulator.endpoint}/${bucket}`)).status).toBe(404);
  });

  const newest = () =>
    Math.max(
      ...readdirSync(join(stateDir, 'snapshots'))
        .filter((name) => /^\d+$/.test(name))
        .map(Number),
    );
});

describe('what a start begins with', () => {
  let stateDir: string;
  const working = () => ({ state: join(stateDir, 'emulator'), s3: join(stateDir, 's3') });
  const file = (...path: string[]) => {
    mkdirSync(join(stateDir, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(stateDir, ...path), 'x');
  };
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'signalbox-restore-'));
    return () => rmSync(stateDir, { recursive: true });
  });

  it('is the state that a version without snapshots saved, which becomes the first', async () => {
    file('emulator', 'cloudformation.json');
    file('s3', '000000000000', 'bucket', 'object');

    expect(await restoreSnapshot(stateDir, working())).toEqual({});

    expect(readdirSync(join(stateDir, 'snapshots', '1', 'state'))).toEqual(['cloudformation.json']);
    expect(existsSync(join(stateDir, 'snapshots', '1', 's3', '000000000000', 'bucket', 'object'))).toBe(true);
    expect(existsSync(join(stateDir, 'emulator', 'cloudformation.json'))).toBe(true);
  });

  it.each([
    ['in a version without snapshots', false],
    ['before the first snapshot', true],
  ])(
    'is nothing where a run was killed %s: half a bucket would break every later start',
    async (_, begun) => {
      file('s3', '000000000000', 'cdk-assets', 'asset.zip');
      if (begun) file('snapshots', '0.changed');

      const restored = await restoreSnapshot(stateDir, working());

      expect(readdirSync(join(stateDir, 's3'))).toEqual([]);
      if (begun)
        expect(whatIsMissing(restored)).toBe(
          'the last run was killed before its first snapshot: this one begins with nothing',
        );
    },
  );

  it('is the newest whole snapshot, and not what the killed run worked with', async () => {
    file('snapshots', '9', 'state', 'old.json');
    file('snapshots', '10', 'state', 'new.json');
    file('snapshots', '11.part', 'state', 'half.json');
    file('emulator', 'half.json');

    expect(Object.keys(await restoreSnapshot(stateDir, working()))).toEqual(['at']);

    expect(readdirSync(join(stateDir, 'emulator'))).toEqual(['new.json']);
    expect(readdirSync(join(stateDir, 'snapshots')).sort()).toEqual(['10', '9']);
  });

  it('is told in one sentence, with its age and what to do', async () => {
    file('snapshots', '3', 'state', 'a.json');
    file('snapshots', '3.changed');
    const at = new Date('2026-03-04T05:06:07Z');
    utimesSync(join(stateDir, 'snapshots', '3'), at, at);

    const restored = await restoreSnapshot(stateDir, working());

    expect(whatIsMissing(restored, new Date('2026-03-04T05:06:49Z'))).toMatch(
      /^the last run was killed: this one goes on with its snapshot of \d\d:\d\d:07 \(42 s ago\); what was accepted after that may be missing: send it again under the same key, what is there is not done twice$/,
    );
  });
});

it.each([
  ['ROLLBACK_COMPLETE', true],
  ['CREATE_FAILED', true],
  ['CREATE_IN_PROGRESS', true],
  ['REVIEW_IN_PROGRESS', true],
  ['CREATE_COMPLETE', false],
  ['UPDATE_FAILED', false],
  ['UPDATE_ROLLBACK_COMPLETE', false],
])('a stack that is %s is half-made: %s', (status, halfMade) => {
  expect(isHalfMade(status)).toBe(halfMade);
});
