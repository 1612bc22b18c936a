import { beforeEach, expect, it, vi } from 'vitest';
import { verifyDay } from '../../../lambdas/operate/verify/day.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { writeRoot } from '../../../lambdas/tables/receipts/roots.ts';
import { ENV } from '../../support/fixtures.ts';
import { recordIn, refused } from '../../support/receipts.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* A day in parts of 500 receipts: what is missing at their seam. */

const DAY = 86_400;
beforeEach(async () => {
  world.reset();
  time.freeze();
  for (let at = 0; at < 6; at += 1) {
    const many = Array.from({ length: 100 }, (_, of) => `${at}x${of}`);
    await chainOutcomes(await Promise.all(many.map(refused)), ENV);
  }
  time.advance(DAY);
  await writeRoot({ receiptTable: 'receipts', auditBucket: 'archive' });
});
const row = (number: number) => world.tables.all('receipts').find((it) => it.number === number && it.chain);
const drop = (number: number) =>
  world.tables.rows('receipts').delete(`${row(number)?.id}|${row(number)?.change}`);

async function all(): Promise<{ differences: string[]; notes: string[] }> {
  const said = { differences: [] as string[], notes: [] as string[] };
  let from: Parameters<typeof verifyDay>[2];
  do {
    const part = await verifyDay('2026-12-01', () => true, from, ENV);
    said.differences.push(...part.differences);
    said.notes.push(...part.notes);
    from = part.next;
  } while (from);
  return said;
}

it('accuses no receipt behind one that is missing at the end of a part', async () => {
  drop(500);
  expect((await all()).differences.filter((it) => it.includes('does not follow'))).toEqual([]);
});

it('does not lose the item behind a receipt that is missing at the end of a part, nor at the begin of one', async () => {
  const ids = [500, 501].map((it) => JSON.parse(recordIn(row(it))).item);
  drop(500);
  drop(501);
  const { differences } = await all();
  for (const id of ids) expect(differences.join('\n')).toContain(`item ${id}: refused`);
});

it('accuses nothing where what is missing at the end of a part has had its time, and the rest waits for its removal', async () => {
  const days = Math.max(
    ...Object.values(JSON.parse(ENV.KEPT_DAYS) as Record<string, { itemDays: number }>).map(
      (it) => it.itemDays,
    ),
  );
  time.advance((days + 1) * DAY);
  drop(500);
  expect((await all()).differences.filter((it) => it.includes('does not follow'))).toEqual([]);
});
