import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Root } from '../../../lambdas/contract/item/receipt.ts';
import { digest } from '../../../lambdas/kit/digest.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { headOf } from '../../../lambdas/tables/receipts/receipts.ts';
import { lastRoot, writeRoot } from '../../../lambdas/tables/receipts/roots.ts';
import { ENV } from '../../support/fixtures.ts';
import { refused } from '../../support/receipts.ts';
import { Crash, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const STORES = { receiptTable: 'receipts', auditBucket: 'archive' };
const HOURS = 3600;
const rootText = (day: string) => world.content.get(`archive/roots/${day}.json`);
const root = (day: string) => JSON.parse(rootText(day) ?? 'null') as Root;

beforeEach(() => {
  world.reset();
  // 2026-12-01, 09:00.
  time.freeze();
});

describe('the root of a day', () => {
  it('is written once the day is over and ten minutes more, also where nothing comes any more', async () => {
    await chainOutcomes([await refused('1')], ENV);
    time.advance(15 * HOURS + 9 * 60);
    await writeRoot(STORES);
    expect(rootText('2026-12-01')).toBeUndefined();
    time.advance(60);
    expect(await writeRoot(STORES)).toBe('2026-12-01');
    expect(root('2026-12-01').chains).toEqual({ demo: await headOf('receipts', 'demo') });
  });

  it('is written once: what is chained later is under the next one, which names it', async () => {
    await chainOutcomes([await refused('1')], ENV);
    time.advance(16 * HOURS);
    await writeRoot(STORES);
    const first = rootText('2026-12-01');
    await chainOutcomes([await refused('2')], ENV);
    time.advance(HOURS);
    expect(await writeRoot(STORES)).toBeUndefined();
    expect(rootText('2026-12-01')).toBe(first);
    time.advance(24 * HOURS);
    await writeRoot(STORES);
    expect(root('2026-12-02').chains.demo?.number).toBe(2);
    expect(root('2026-12-02').previous).toEqual({ day: '2026-12-01', digest: digest(root('2026-12-01')) });
  });

  it('is none of a house in which nothing has ended yet', async () => {
    time.advance(48 * HOURS);
    await writeRoot(STORES);
    expect([...world.content.keys()]).toEqual([]);
  });

  it('survives a worker that dies at any call', async () => {
    for (const after of [false, true]) {
      for (let point = 1; point <= 4; point += 1) {
        world.reset();
        time.freeze();
        await chainOutcomes([await refused('1')], ENV);
        time.advance(16 * HOURS);
        world.crashAt(point, after);
        await expect(writeRoot(STORES)).rejects.toThrow(Crash);
        world.revive();
        // What is chained meanwhile does not change what was written.
        const written = rootText('2026-12-01');
        await chainOutcomes([await refused('2')], ENV);
        await writeRoot(STORES);
        if (written !== undefined) expect(rootText('2026-12-01')).toBe(written);
        expect(await lastRoot('receipts')).toEqual({ day: '2026-12-01', digest: digest(root('2026-12-01')) });
      }
    }
  });
});
