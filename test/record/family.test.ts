import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { newsOfChildren, tellParents } from '../../lambdas/record/family.ts';
import { tellParent } from '../../lambdas/tables/items/family.ts';
import { itemKey } from '../../lambdas/tables/keys.ts';
import { changeable, notedChanges, sorted } from '../support/changed-attributes.ts';
import { ENV, ID, itemRow, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

const CHILD = itemKey('other', '4'.repeat(32));
const at = (second: number) => `2026-12-01T09:00:0${second}.000Z`;

function record(
  before: ItemRow['status'] | undefined,
  now: ItemRow['status'],
  second: number,
): DynamoDBRecord {
  const image = (status: ItemRow['status'], updatedAt: string) =>
    marshall(itemRow({ id: CHILD, automation: 'other', ancestors: [ID], status, updatedAt }));
  const OldImage = before && image(before, at(0));
  return {
    dynamodb: { ...(OldImage ? { OldImage } : {}), NewImage: image(now, at(second)) },
  } as DynamoDBRecord;
}

const stream = [
  record(undefined, 'received', 0),
  record('received', 'processing', 1),
  record('processing', 'processing', 2),
  record('processing', 'parked', 3),
  record('parked', 'processing', 4),
  record('acting', 'done', 5),
];

beforeEach(() => {
  world.reset();
  time.freeze();
  world.tables.put('items', itemRow({ status: 'done' }));
});

describe('the stream of items', () => {
  it('tells a parent of its child, and its timeline where the child came to rest', async () => {
    await tellParents(newsOfChildren(stream), ENV);

    expect(stored().children).toEqual([{ id: CHILD, status: 'done', at: at(5) }]);
    const told = stored().timeline.filter(({ event }) => event === 'child');
    expect(told.map(({ status }) => status)).toEqual(['parked', 'done']);
  });

  it('tells nothing twice where a batch comes again from its middle', async () => {
    await tellParents(newsOfChildren(stream), ENV);
    const before = world.tables.snapshot();
    await tellParents(newsOfChildren(stream.slice(2)), ENV);
    await tellParents(newsOfChildren(stream), ENV);
    expect(world.tables.snapshot()).toBe(before);
  });

  it('tells nobody of an item without a parent, or of one that is removed', () => {
    const alone = { dynamodb: { NewImage: marshall(itemRow({ status: 'done' })) } } as DynamoDBRecord;
    expect(newsOfChildren([alone, { dynamodb: {} } as DynamoDBRecord, {} as DynamoDBRecord])).toEqual([]);
  });

  it('has messages about a parent say how far it is taken back, and only where that is what the child does', async () => {
    const compensates = { item: ID, action: 1, name: 'refund', by: 'ops' };
    const { id = '', ...child } = itemRow({ id: CHILD, ancestors: [ID], status: 'done', compensates });
    const taken = { dynamodb: { NewImage: marshall({ id, ...child }) } } as DynamoDBRecord;
    await tellParents(newsOfChildren([...stream, taken]), ENV);
    expect(world.sent('questions')).toEqual([]);

    world.tables.put('items', itemRow({ status: 'done', approvalId: `${ID}-g1` }));
    await tellParents(newsOfChildren(stream), ENV);
    expect(world.sent('questions')).toEqual([]);
    // Whoever dies behind the row's change comes again, and the message with them.
    for (const _ of [1, 2]) await tellParents(newsOfChildren([taken]), ENV);
    const tell = { approvalId: `${ID}-g1`, command: 'tell' };
    expect(world.sent('questions')).toEqual([tell, tell]);
  });

  it('tells how far it is taken back, however many children its actions made', async () => {
    const [id, taken] = [CHILD, itemKey('other', '5'.repeat(32))];
    const children = Array.from({ length: 50 }, (_, n) => ({
      id: `c${n}`,
      status: 'done' as const,
      at: at(0),
    }));
    const compensations = [{ action: 1, item: taken, attempt: 1 }];
    world.tables.put('items', itemRow({ status: 'done', children, compensations }));
    for (const it of [id, taken]) await tellParent('items', ID, { id: it, status: 'done', at: at(1) }, true);
    expect(stored().children?.slice(50)).toMatchObject([{ id: taken, status: 'done' }]);
  });

  it('changes what its function may change of an item, and not one attribute more', async () => {
    const named = notedChanges();
    await tellParents(newsOfChildren(stream), ENV);
    expect(sorted(named)).toEqual(await changeable(/record--publish/));
  });
});
