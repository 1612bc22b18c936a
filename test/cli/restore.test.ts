import { beforeEach, expect, it } from 'vitest';
import { fakeAccount, refused } from './aws-world.ts';
import { NOON, signalbox } from './world.ts';

type Row = Record<string, Record<string, string>>;
interface Input {
  TableName: string;
  Key: Row;
  Item: Row;
  ExclusiveStartKey?: Row;
  ConditionExpression?: string;
}

const aws = fakeAccount();

/* Of the audit's kind: two keys, which the table tells in no order. */
const KEYS = [
  { AttributeName: 'order', KeyType: 'RANGE' },
  { AttributeName: 'month', KeyType: 'HASH' },
];
const row = (month: string, order: string, more: Row = {}): Row => ({
  ...{ month: { S: month }, order: { S: order } },
  ...more,
});
const at = (seconds: number): Row => ({ expiresAt: { N: String(NOON / 1000 + seconds) } });

let old: Row[];
let live: Row[];
let keys: Record<string, unknown>;
let busy: number;

beforeEach(() => {
  aws.calls.length = 0;
  busy = 0;
  keys = { live: KEYS, old: KEYS };
  old = [
    row('2026-11', '1', { by: { S: 'anna' } }),
    row('2026-11', '2', { by: { S: 'as it was' } }),
    row('2026-11', '3', at(0)),
    row('2026-11', '4', at(60)),
    row('session#1', '5'),
    row('2026-12', '1'),
  ];
  live = [row('2026-11', '2', { by: { S: 'newer' } }), row('2026-12', '1')];
  const find = ({ month, order }: Row) =>
    live.find((it) => it.month?.S === month?.S && it.order?.S === order?.S);
  const answers: Record<string, (input: Input) => unknown> = {
    'dynamodb DescribeTable': ({ TableName }) => ({ Table: { KeySchema: keys[TableName] } }),
    'dynamodb DescribeTimeToLive': () => ({ TimeToLiveDescription: { AttributeName: 'expiresAt' } }),
    // Two rows to a page.
    'dynamodb Scan': ({ ExclusiveStartKey }) => {
      const start = Number(ExclusiveStartKey?.at?.N ?? 0);
      const more = start + 2 < old.length ? { LastEvaluatedKey: { at: { N: String(start + 2) } } } : {};
      return { Items: old.slice(start, start + 2), ...more };
    },
    'dynamodb GetItem': ({ Key }) => ({ Item: find(Key) }),
    'dynamodb PutItem': ({ TableName, Item, ConditionExpression }) => {
      if (TableName !== 'live') throw new Error(`${TableName} is written`);
      if (busy-- > 0) return refused('ThrottlingException');
      if (ConditionExpression && find(Item)) return refused('ConditionalCheckFailedException');
      live = [...live.filter((it) => it !== find(Item)), Item];
      return {};
    },
  };
  aws.answers = answers as unknown as typeof aws.answers;
});

const restore = (...argv: string[]) =>
  signalbox(['restore', ...argv], { env: { AWS_ENDPOINT_URL: aws.url } });
const orders = () => live.map(({ month, order }) => `${month?.S} ${order?.S}`).sort();

it('only says what it would copy, until the table is typed once more', async () => {
  const { code, out, err } = await restore('old', 'live');
  expect(code).toBe(0);
  expect(out).toBe(
    '3 to copy, 1 that differ left, 1 the same, 1 expired, 0 left out\nTo do it: signalbox restore old live --confirm live',
  );
  // As it goes: one line to a page.
  expect(err.trim().split('\n')).toHaveLength(3);
  expect(aws.calls.filter((call) => call.includes('PutItem'))).toEqual([]);
});

it('copies what is missing by the keys that the table has, and nothing the second time', async () => {
  busy = 2;
  const first = await restore('old', 'live', '--confirm', 'live', '--leave-out', 'signin#,session#');
  expect(first.out).toBe('2 copied, 1 that differ left, 1 the same, 1 expired, 1 left out');
  expect(orders()).toEqual(['2026-11 1', '2026-11 2', '2026-11 4', '2026-12 1']);
  expect(live).toContainEqual(row('2026-11', '2', { by: { S: 'newer' } }));
  const again = await restore('old', 'live', '--confirm', 'live', '--leave-out', 'session#', '--json');
  expect(JSON.parse(again.out)).toEqual({
    ...{ from: 'old', to: 'live', written: true },
    ...{ missing: 0, same: 3, different: 1, expired: 1, leftOut: 1 },
  });
});

it('leaves what somebody wrote between its look and its write', async () => {
  const answers = aws.answers as unknown as Record<string, (input: Input) => unknown>;
  answers['dynamodb GetItem'] = () => ({});
  const { out } = await restore('old', 'live', '--confirm', 'live');
  expect(out).toContain('3 copied, 2 that differ left');
  expect(live).toContainEqual(row('2026-11', '2', { by: { S: 'newer' } }));
});

it('writes over what differs only when it is told to', async () => {
  expect((await restore('old', 'live', '--replace')).out).toContain('1 to copy over others');
  await restore('old', 'live', '--replace', '--confirm', 'live');
  expect(live).toContainEqual(row('2026-11', '2', { by: { S: 'as it was' } }));
});

it('does nothing between tables of other keys', async () => {
  keys.old = [{ AttributeName: 'id', KeyType: 'HASH' }];
  const { code, err } = await restore('old', 'live', '--confirm', 'live');
  expect(code).toBe(2);
  expect(err).toContain("'old' has not the keys of 'live'");
  expect(orders()).toHaveLength(2);
});

it.each([
  [['old', 'live', '--confirm', 'old'], "--confirm must be the table <to> once more, 'live', got 'old'"],
  [['live', 'live'], "<from> and <to> are the same table, 'live'"],
])('does nothing for %j', async (argv, says) => {
  const { code, err } = await restore(...argv);
  expect(code).toBe(2);
  expect(err).toContain(says);
  expect(aws.calls).toEqual([]);
});
