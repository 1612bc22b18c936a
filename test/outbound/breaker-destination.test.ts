import { beforeEach, describe, expect, it, vi } from 'vitest';
import { takePermit, waitingFor } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import type { BreakerRow } from '../../lambdas/tables/control/breakers.ts';
import { time, world } from '../support/world.ts';
import { freshTable, house, table } from './breaker-world.ts';
import { ask, given } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/* What tries a destination out is an action. */

beforeEach(() => {
  world.reset();
  time.freeze();
  freshTable();
});

describe('the breaker of a destination that stays down', () => {
  const ledger = { ...house, kind: 'destination', name: 'ledger' } as const;
  const row = () => world.tables.row<BreakerRow>(table, 'destination#ledger');
  const failed = async (harmless: boolean) =>
    reportFailure(table, ledger, given(await takePermit(table, ledger, ask())), {
      kind: 'transient',
      harmless,
    });
  const openedBy = async (harmless: boolean) => {
    for (let n = 0; n < 10; n += 1) await failed(harmless);
  };
  /** Seconds that it stays open before each of so many probes that fail. */
  const waitsOf = async (probes: number, harmless: (probe: number) => boolean) => {
    const waits: number[] = [];
    for (let n = 0; n < probes; n += 1) {
      waits.push(((row()?.openUntil ?? 0) - time.at) / 1000);
      time.at = row()?.openUntil ?? 0;
      await failed(harmless(n));
    }
    return waits;
  };
  const times = (howMany: number, seconds: number) => Array.from({ length: howMany }, () => seconds);

  it('tries it as often for five minutes, and then ever more rarely, where a probe may have acted', async () => {
    await openedBy(false);
    const begun = time.at;
    expect(await waitsOf(12, () => false)).toEqual([10, 20, ...times(10, 25)]);
    expect((time.at - begun) / 1000).toBe(280);
    expect(await waitsOf(4, () => false)).toEqual([50, 100, 120, 120]);
  });

  it('tries it every five seconds in those minutes where a probe does no harm', async () => {
    await openedBy(true);
    const begun = time.at;
    expect(await waitsOf(60, () => true)).toEqual([10, ...times(59, 5)]);
    expect((time.at - begun) / 1000).toBe(305);
    expect(await waitsOf(4, () => true)).toEqual([50, 100, 120, 120]);
  });

  it('leaves it alone for longer as soon as one probe may have acted', async () => {
    await openedBy(true);
    const waits = await waitsOf(14, (probe) => probe % 2 === 0);
    expect(waits.slice(1)).toEqual([5, 25, 5, 25, 5, 25, 5, 25, 5, 25, 5, 50, 5]);
  });

  it('counts each probe that failed, so that nobody reads of it as well', async () => {
    await openedBy(true);
    time.advance(70);
    await waitsOf(5, () => true);
    expect(row()?.calls).toBeGreaterThanOrEqual(5);
    expect(row()?.failures).toBe(row()?.calls);
  });

  it('begins anew once it was well', async () => {
    await openedBy(true);
    await waitsOf(3, () => true);
    time.at = row()?.openUntil ?? 0;
    await reportSuccess(table, ledger, given(await takePermit(table, ledger, ask())));
    expect(row()).not.toHaveProperty('lastProbe');
  });

  it('is looked at by each who waits at any moment of half a minute where it is tried so often, else not before', async () => {
    const looks = async () => {
      const refused = await takePermit(table, ledger, ask());
      if (!('refused' in refused)) throw new Error('it let a call through');
      return Array.from({ length: 200 }, () => waitingFor(ledger, refused, 'demo').seconds);
    };
    await openedBy(false);
    await waitsOf(1, () => true);
    const often = await looks();
    expect(Math.min(...often)).toBeLessThanOrEqual(7);
    expect(Math.max(...often)).toBeGreaterThan(25);
    expect(Math.max(...often)).toBeLessThanOrEqual(30);
    await waitsOf(1, () => false);
    expect(Math.min(...(await looks()))).toBeGreaterThanOrEqual(20);
  });
});
