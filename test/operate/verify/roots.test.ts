import { beforeEach, expect, it, vi } from 'vitest';
import type { Receipt } from '../../../lambdas/contract/item/receipt.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { logger } from '../../../lambdas/kit/telemetry.ts';
import { verifyDay } from '../../../lambdas/operate/verify/day.ts';
import { verifyItem } from '../../../lambdas/operate/verify/item.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { chainPart, recordOf } from '../../../lambdas/tables/receipts/receipts.ts';
import { writeRoot } from '../../../lambdas/tables/receipts/roots.ts';
import { ENV } from '../../support/fixtures.ts';
import { idOf, refused } from '../../support/receipts.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const DAY = 86_400;
const STORES = { receiptTable: 'receipts', auditBucket: 'archive' };
const DAY_2 = '2026-12-02';
const CUT = 'chain of demo: it ended with receipt 3 in the root of 2026-12-01, and has no end after it';
const EARLIER = { id: 'roots', change: 'last', day: '2026-11-29', digest: 'f'.repeat(64) };
const add = async (...digits: string[]) => {
  for (const digit of digits) await chainOutcomes([await refused(digit)], ENV);
};
beforeEach(async () => {
  world.reset();
  time.freeze();
  await add('1', '2', '3');
  time.advance(DAY);
  await writeRoot(STORES);
  await add('4', '5');
});
const verify = (day: string) => verifyDay(day, () => true, undefined, ENV);
const rows = () => world.tables.all('receipts');
const remove = (it: { id?: unknown; change?: unknown } | undefined) =>
  world.tables.rows('receipts').delete(`${it?.id}|${it?.change}`);
const lastRow = () => rows().find(({ id, change }) => id === 'roots' && change === 'last');
const head = () => rows().find((it) => it.chain === undefined && it.change === 'demo');
const receipt = (number: number) => rows().find((it) => it.number === number && it.chain);

it('names a chain that its root has and whose head is gone', async () => {
  remove(head());
  expect((await verify(DAY_2)).differences).not.toEqual([]);
});

it('names a chain whose head and receipts since the root are gone', async () => {
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  time.advance(3600);
  expect((await verify(DAY_2)).differences).not.toEqual([]);
});

it('names a chain whose head is before its root', async () => {
  const two = receipt(2);
  world.tables.put('receipts', { ...head(), number: 2, digest: two?.digest } as never);
  for (const it of [3, 4, 5].map(receipt)) remove(it);
  expect((await verify(DAY_2)).differences).not.toEqual([]);
});

it('names a chain that begins anew, by a root that says less than the one before', async () => {
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  await add('6').catch(() => {});
  time.advance(DAY);
  await writeRoot(STORES);
  expect((await verify(DAY_2)).differences).not.toEqual([]);
});

it('names a chain that the root of the day has not got any more', async () => {
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  time.advance(DAY);
  await writeRoot(STORES);
  expect((await verify(DAY_2)).differences).not.toEqual([]);
});

async function forgeAll(): Promise<void> {
  const { receipts } = await chainPart('receipts', 'demo', { from: 1, to: 5 });
  let previous: string | null = null;
  for (const { receipt: it } of receipts) {
    const forged: Receipt = { ...it, client: 'other', previous };
    const record = recordOf(forged);
    previous = sha256(record);
    world.tables.put('receipts', { ...receipt(it.number), record, digest: previous } as never);
  }
  world.tables.put('receipts', { ...head(), digest: previous } as never);
}

it('names a root that the bucket has, though the table names none any more and the chain was written anew', async () => {
  await forgeAll();
  expect((await verify('2026-12-01')).differences).not.toEqual([]);
  remove(lastRow());
  expect((await verify('2026-12-01')).differences).not.toEqual([]);
});

it('names a chain that was cut though the table names no root any more, or an earlier one', async () => {
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  time.advance(3 * 3600);
  const named = (before: string) =>
    `table of receipts: the root before is ${before}, and that of 2026-12-01 is there`;
  remove(lastRow());
  expect((await verify(DAY_2)).differences).toEqual([named('none'), CUT]);
  world.tables.put('receipts', EARLIER as never);
  expect((await verify(DAY_2)).differences).toEqual([named('that of 2026-11-29'), CUT]);
});

it('says nothing of a root that the table does not name yet', async () => {
  remove(lastRow());
  expect((await verify(DAY_2)).differences).toEqual([]);
});

it('names a root that begins anew above others', async () => {
  remove(lastRow());
  time.advance(DAY);
  await writeRoot(STORES);
  expect((await verify(DAY_2)).differences).toEqual([
    'root of 2026-12-02: the root before is none, and that of 2026-12-01 is there',
  ]);
});

it('names an item whose chain was written anew, though the table names no root any more', async () => {
  await forgeAll();
  remove(lastRow());
  expect((await verifyItem(idOf('1'), ENV))?.differences).toContain(
    'root of 2026-12-01: it names another receipt 3 of demo',
  );
});

it('writes the root of chains that were cut, and says so in the log', async () => {
  const said = vi.spyOn(logger, 'error');
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  time.advance(DAY);
  expect(await writeRoot(STORES)).toBe(DAY_2);
  expect(said).toHaveBeenCalledExactlyOnceWith('chains of receipts were cut', { day: DAY_2, reason: CUT });
  expect((await verify(DAY_2)).differences).toEqual([CUT]);
});

it('shows a token no chain of other automations that was cut', async () => {
  remove(head());
  expect((await verifyDay(DAY_2, () => false, undefined, ENV)).differences).toEqual([]);
});

it('names a chain that the root of a day leaves out, though the root before has it', async () => {
  world.tables.put('receipts', { ...head(), change: 'other', number: 1 } as never);
  for (const it of [head(), receipt(4), receipt(5)]) remove(it);
  time.advance(DAY);
  expect(await writeRoot(STORES)).toBe(DAY_2);
  const { state, differences } = await verifyDay(DAY_2, (chain) => chain === 'demo', undefined, ENV);
  expect(state).toBe('rooted');
  expect(differences).not.toEqual([]);
});
