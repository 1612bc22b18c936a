import { expect, it } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { EndedRelease, Release } from '../../../lambdas/contract/steps/release.ts';
import { versionsIn } from '../../../lambdas/process/versions/versions.ts';
import type { ReleasesRow } from '../../../lambdas/tables/releases/releases.ts';
import { itemRow, lineageEntry } from '../../support/fixtures.ts';

const large = { endpoint: 'main', name: 'large' };
const TEXTS = { 'route.v1': '', 'route.v2': '', 'route.v3': '' };
const chosen = (declared: string, row: Partial<ReleasesRow>, item: Partial<ItemRow> = {}) =>
  versionsIn(
    itemRow(item),
    { from: 'ann@example.com' },
    { name: 'demo', prompts: { route: declared }, requester: (body: { from: string }) => body.from } as never,
    { releases: { id: 'x', version: 1, ...row }, texts: TEXTS },
  ).serving.route;
const release = (change: Partial<Release> = {}): Release => ({
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.5, stable: { prompt: 'route.v1' } },
  ...{
    candidate: { prompt: 'route.v2' },
    declared: 'route.v1',
    by: 'ops',
    at: '2026-12-01T08:00:00.000Z',
    reason: 'shorter',
  },
  ...change,
});
const end = (as: EndedRelease['end']['as'], at = '2026-12-01T09:00:00.000Z') => ({
  as,
  by: 'ops',
  at,
  reason: 'x',
  items: 3,
});
const asked = (promptVersion: string, at: string) => ({
  ...lineageEntry(),
  step: 'route',
  promptVersion,
  at,
});

it('an item that was asked behind the deployment that ended a promotion keeps that it wanted no model', () => {
  // v2 with the large model is promoted at nine; at ten a deployment declares v2: the promotion has done its work.
  const one = release({ candidate: { prompt: 'route.v2', model: large } });
  const row = {
    promoted: { route: { prompt: 'route.v2', model: large, over: 'route.v1' } },
    ended: [{ ...one, end: end('promoted') }],
  };
  // A new item is served by what is declared, without a wish for a model.
  expect(chosen('route.v2', row)).toEqual({ prompt: 'route.v2' });
  // So it must be when somebody sends it back.
  const item = { lineage: [asked('route.v2', '2026-12-01T11:00:00.000Z')] };
  expect(chosen('route.v2', row, item)).toEqual({ prompt: 'route.v2' });
});

it('an item that was asked behind a deployment that overtook a canary keeps that it wanted no model', () => {
  // The large model had been promoted over v1; a canary of v2 is overtaken by the deployment of v3.
  const one = release({
    stable: { prompt: 'route.v1', model: large },
    candidate: { prompt: 'route.v2', model: large },
  });
  const row = { ended: [{ ...one, end: end('overtaken') }] };
  expect(chosen('route.v3', row)).toEqual({ prompt: 'route.v3' });
  const item = { lineage: [asked('route.v3', '2026-12-01T11:00:00.000Z')] };
  expect(chosen('route.v3', row, item)).toEqual({ prompt: 'route.v3' });
});

it('an item keeps a version that a deployment declared after its canary was rolled back', () => {
  // v2 is rolled back as a canary at nine; at ten a deployment declares it all the same: it serves all. At twelve v3 is declared.
  const row = { ended: [{ ...release(), end: end('rolled-back') }] };
  const item = { lineage: [asked('route.v2', '2026-12-01T11:00:00.000Z')] };
  expect(chosen('route.v2', row, item)).toEqual({ prompt: 'route.v2' });
  expect(chosen('route.v3', row, item)).toEqual({ prompt: 'route.v2' });
});

it('an item that met a candidate which was rolled back goes on with the current one, whatever was begun with that prompt since', () => {
  // v2 is rolled back at nine; at ten it is tried again, and still runs: the first one's item is not put back to it.
  const first = { ...release(), end: end('rolled-back') };
  const item = { lineage: [asked('route.v2', '2026-12-01T08:30:00.000Z')] };
  const again = {
    ...release({ id: 'def', at: '2026-12-01T10:00:00.000Z' }),
    end: end('over', '2026-12-01T11:00:00.000Z'),
  };
  expect(chosen('route.v1', { ended: [first] }, item)).toEqual({ prompt: 'route.v1' });
  expect(chosen('route.v1', { ended: [again, first] }, item)).toEqual({ prompt: 'route.v1' });
});

it('an item that met a rolled back candidate stays away from it where a shadow of it is over', () => {
  const first = { ...release(), end: end('rolled-back') };
  const shadow = {
    ...release({ id: 'def', mode: 'shadow', at: '2026-12-02T10:00:00.000Z' }),
    end: end('over', '2026-12-02T11:00:00.000Z'),
  };
  const item = { lineage: [asked('route.v2', '2026-12-01T08:30:00.000Z')] };
  expect(chosen('route.v1', { ended: [shadow, first] }, item)).toEqual({ prompt: 'route.v1' });
});

it('an item that met a candidate which was rolled back stays away from it where it was tried once more, and rolled back again', () => {
  const first = { ...release(), end: end('rolled-back') };
  const again = {
    ...release({ id: 'def', at: '2026-12-02T10:00:00.000Z' }),
    end: end('rolled-back', '2026-12-02T11:00:00.000Z'),
  };
  const item = { lineage: [asked('route.v2', '2026-12-01T08:30:00.000Z')] };
  expect(chosen('route.v1', { ended: [again, first] }, item)).toEqual({ prompt: 'route.v1' });
});
