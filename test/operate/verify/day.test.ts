import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Receipt } from '../../../lambdas/contract/item/receipt.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { verifyDay } from '../../../lambdas/operate/verify/day.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { chainPart, recordOf } from '../../../lambdas/tables/receipts/receipts.ts';
import { writeRoot } from '../../../lambdas/tables/receipts/roots.ts';
import { ENV } from '../../support/fixtures.ts';
import { idOf, recordIn, refused, withRecord } from '../../support/receipts.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const DAY = 86_400;
const STORES = { receiptTable: 'receipts', auditBucket: 'archive' };
const DAY_1 = '2026-12-01';
const DAY_2 = '2026-12-02';

beforeEach(async () => {
  world.reset();
  time.freeze();
  await add('1', '2', '3');
  time.advance(DAY);
  await writeRoot(STORES);
  await add('4', '5');
});

async function add(...digits: string[]): Promise<void> {
  for (const digit of digits) await chainOutcomes([await refused(digit)], ENV);
}

const verify = (day: string, may = (_: string) => true) => verifyDay(day, may, undefined, ENV);
const row = (number: number) => world.tables.all('receipts').find((it) => it.number === number && it.chain);
const lost = (digit: string, day: string) =>
  `item ${idOf(digit)}: refused since ${day}T09:00:00.000Z, and the receipt of that is gone`;
const tamper = (digit: string, fields: Partial<ItemRow>) =>
  world.tables.put('items', { ...world.tables.row('items', idOf(digit)), ...fields });
const drop = (number: number) =>
  world.tables.rows('receipts').delete(`${row(number)?.id}|${row(number)?.change}`);

describe('a day', () => {
  it('is what was added between its root and the one before', async () => {
    expect(await verify(DAY_1)).toMatchObject({
      ...{ state: 'rooted', receipts: 3, differences: [], items: ['1', '2', '3'].map(idOf) },
    });
  });

  it('whose root is not written yet is told by the heads', async () => {
    expect(await verify(DAY_2)).toMatchObject({ state: 'open', receipts: 2, differences: [] });
    time.advance(DAY);
    await writeRoot(STORES);
    expect(await verify(DAY_2)).toMatchObject({
      ...{ state: 'rooted', receipts: 2, differences: [], items: ['4', '5'].map(idOf) },
    });
  });

  it('before the first receipt has none, whether a root was written since or not', async () => {
    const nothing = { state: 'before', receipts: 0, items: [], differences: [] };
    const notes = [`2026-11-30: the first receipt is of ${DAY_1}`];
    expect(await verify('2026-11-30')).toMatchObject({ ...nothing, notes });
    expect(await verify('2026-10-01')).toMatchObject(nothing);
    world.reset();
    time.freeze();
    await add('1');
    expect(await verify('2026-11-30')).toMatchObject(nothing);
    expect(await verify(DAY_1)).toMatchObject({ state: 'open', receipts: 1 });
  });

  it('is not taken for one before the first receipt where that one was removed', async () => {
    drop(1);
    expect((await verify('2026-11-30')).differences).toContain('chain of demo: receipt 1: missing');
    expect(await verify('2026-10-01')).toMatchObject({
      ...{ receipts: 0, differences: ['root of 2026-10-01: missing'] },
    });
  });

  it('shows a token nothing of other automations', async () => {
    expect(await verify(DAY_1, (automation) => automation === 'other')).toMatchObject({
      receipts: 0,
      items: [],
    });
  });

  it('without a root of its own is under the next one', async () => {
    time.advance(2 * DAY);
    await writeRoot(STORES);
    expect(await verify(DAY_2)).toMatchObject({
      ...{ receipts: 2, differences: [], notes: ['2026-12-02 has no root: it is under that of 2026-12-03'] },
    });
  });

  it('of many receipts comes in parts, each from where the last one ended', async () => {
    for (let at = 0; at < 11; at += 1) {
      const many = Array.from({ length: 100 }, (_, of) => `${at}x${of}`);
      await chainOutcomes(await Promise.all(many.map(refused)), ENV);
    }
    let from: Parameters<typeof verifyDay>[2];
    const parts: number[] = [];
    do {
      const { next, receipts, differences } = await verifyDay(DAY_2, () => true, from, ENV);
      expect(differences).toEqual([]);
      parts.push(receipts);
      from = next;
    } while (from);
    expect(parts).toEqual([500, 500, 102]);
  });
});

describe('a day that was tampered with', () => {
  it('names a receipt that is missing in the middle, or at the end', async () => {
    drop(2);
    expect((await verify(DAY_1)).differences).toEqual([
      'chain of demo: receipt 2: missing',
      lost('2', DAY_1),
    ]);
    drop(3);
    drop(5);
    time.advance(600);
    expect((await verify(DAY_1)).differences).toEqual([
      'chain of demo: receipt 2: missing',
      'chain of demo: receipt 3: missing',
      ...[lost('2', DAY_1), lost('3', DAY_1)],
    ]);
    expect((await verify(DAY_2)).differences).toEqual([
      'chain of demo: receipt 5: missing',
      lost('5', DAY_2),
    ]);
  });

  it('names no item that is not kept any more, has gone on, or has its receipt still to come', async () => {
    for (const number of [1, 2, 3, 5]) drop(number);
    world.tables.rows('items').delete(idOf('1'));
    tamper('2', { status: 'processing' });
    tamper('3', { updatedAt: `${DAY_2}T15:00:00.000Z` });
    expect((await verify(DAY_1)).differences).not.toContainEqual(expect.stringContaining('item '));
    expect((await verify(DAY_2)).differences).not.toContainEqual(expect.stringContaining('item '));
  });

  it('names receipts that have changed places', async () => {
    const [one, two] = [row(1), row(2)];
    world.tables.put('receipts', { ...one, number: 2 });
    world.tables.put('receipts', { ...two, number: 1 });
    expect((await verify(DAY_1)).differences).toEqual(
      expect.arrayContaining(["receipt 1 of demo: its record is another one's"]),
    );
  });

  it('names a receipt whose record is another one than was hashed', async () => {
    world.tables.put('receipts', withRecord(row(2), recordIn(row(2)).replace('refused', 'refuser')));
    expect((await verify(DAY_1)).differences).toEqual(['receipt 2 of demo: digest differs']);
  });

  it('names the root that a chain does not come to any more, though all of it was written anew', async () => {
    const { receipts } = await chainPart('receipts', 'demo', { from: 1, to: 3 });
    let previous: string | null = null;
    for (const { receipt } of receipts) {
      const forged: Receipt = { ...receipt, client: 'other', previous };
      const record = recordOf(forged);
      previous = sha256(record);
      world.tables.put('receipts', { ...withRecord(row(receipt.number), record), digest: previous });
    }
    expect((await verify(DAY_1)).differences).toEqual([
      'chain of demo: it ends with another receipt 3 than its root or head names',
    ]);
  });

  it('names a root that is another one, or gone', async () => {
    time.advance(DAY);
    await writeRoot(STORES);
    const key = `archive/roots/${DAY_1}.json`;
    const root = JSON.parse(world.content.get(key) ?? '{}');
    root.chains.demo.digest = 'f'.repeat(64);
    world.content.set(key, JSON.stringify(root));
    expect((await verify(DAY_2)).differences).toContain('root of 2026-12-01: digest differs');
    world.content.delete(key);
    expect((await verify(DAY_1)).differences).toEqual(['root of 2026-12-01: missing']);
    expect((await verify(DAY_2)).differences).toContain('root of 2026-12-01: missing');
  });
});
