import { beforeEach, expect, it } from 'vitest';
import { Paid } from '../../../local/chaos/collect.ts';
import type { Item } from '../../../local/chaos/invariants/collected.ts';
import { time } from '../../support/world.ts';

beforeEach(() => {
  time.freeze();
});

const item = (id: string, ...calls: readonly [at: string, costUsd: number][]): Item => ({
  ...{ id, automation: 'parcel', status: 'done', generation: 1, actions: [], timeline: [] },
  lineage: calls.map(([at, costUsd]) => ({ at, costUsd, step: 'route' })),
});

it('knows what was paid on each day, of a series that goes on past midnight, each item once', () => {
  const paid = new Paid();
  paid.note([item('a', ['2026-11-30T23:59:00.000Z', 0.25])]);
  const both = item('a', ['2026-11-30T23:59:00.000Z', 0.25], ['2026-12-01T00:00:01.000Z', 0.5]);
  paid.note([both, item('b', ['2026-11-30T23:00:00.000Z', 1])]);
  expect(Object.fromEntries(paid.by('parcel'))).toEqual({ '2026-11-30': 1.25, '2026-12-01': 0.5 });
  expect(Object.fromEntries(paid.by('refund-request'))).toEqual({ '2026-12-01': 0 });
});
