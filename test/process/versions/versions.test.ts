import { describe, expect, it } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { EndedRelease, Release } from '../../../lambdas/contract/steps/release.ts';
import { versionsIn } from '../../../lambdas/process/versions/versions.ts';
import type { ReleasesRow } from '../../../lambdas/tables/releases/releases.ts';
import { itemRow, lineageEntry } from '../../support/fixtures.ts';

const V1 = { prompt: 'route.v1' };
const V2 = { prompt: 'route.v2' };
const TEXTS = { 'route.v1': '', 'route.v2': '' };
const of = {
  name: 'demo',
  prompts: { route: 'route.v1', reply: 'reply.v1' },
  requester: (body: unknown) => (body as { from?: string }).from,
};

const running = (change: Partial<Release> = {}): Release => ({
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.5, stable: V1, candidate: V2 },
  ...{ declared: 'route.v1', by: 'ops', at: '2026-12-01T08:00:00.000Z', reason: 'shorter' },
  ...change,
});
const ended = (as: EndedRelease['end']['as']): EndedRelease => ({
  ...running(),
  end: { as, by: 'ops', at: '2026-12-01T09:00:00.000Z', reason: 'it was', items: 3 },
});
const releases = (row: Partial<ReleasesRow>): ReleasesRow => ({ id: 'x', version: 1, ...row });
const chosen = (row: ReleasesRow | undefined, item: Partial<ItemRow> = {}, from = 'ann@example.com') =>
  versionsIn(itemRow(item), { from }, of as never, { releases: row, texts: TEXTS });

/** Somebody on this side of a release. */
function whoIs(arm: 'stable' | 'candidate', release: Release): string {
  for (let n = 0; ; n += 1) {
    const from = `${n}@example.com`;
    if (chosen(releases({ running: release }), {}, from).part?.arm === arm) return from;
  }
}

const asked = (promptVersion: string, more = {}) => ({
  ...lineageEntry(),
  ...{ step: 'route', promptVersion, at: '2026-12-01T08:30:00.000Z' },
  ...more,
});

describe('which version an item is thought about with', () => {
  it('is what the declaration names where nothing is released', () => {
    expect(chosen(undefined)).toEqual({ serving: { route: V1, reply: { prompt: 'reply.v1' } } });
  });

  it('serves its share, one customer always the same, and each release other ones', () => {
    const canary = releases({ running: running({ share: 0.05 }) });
    const sides = Array.from({ length: 4000 }, (_, n) => chosen(canary, {}, `${n}@example.com`).part?.arm);
    const share = sides.filter((arm) => arm === 'candidate').length / sides.length;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.06);
    const both = ['Ann@example.com ', 'ann@example.com'].map((from) => chosen(canary, {}, from).part?.arm);
    expect(both[0]).toBe(both[1]);
    const other = releases({ running: running({ id: 'def', share: 0.05 }) });
    const again = sides.map((_, n) => chosen(other, {}, `${n}@example.com`).part?.arm);
    expect(again).not.toEqual(sides);
  });

  it('is the candidate for those alone who are chosen', () => {
    const release = running();
    const row = releases({ running: release });
    expect(chosen(row, {}, whoIs('candidate', release)).serving.route).toEqual(V2);
    expect(chosen(row, {}, whoIs('stable', release)).serving.route).toEqual(V1);
    expect(chosen(row, {}, whoIs('candidate', release)).serving.reply).toEqual({ prompt: 'reply.v1' });
  });

  it('never is the candidate of a shadow', () => {
    const row = releases({ running: running({ mode: 'shadow', share: 1 }) });
    expect(chosen(row)).toMatchObject({ serving: { route: V1 }, shadow: { id: 'abc' } });
    expect(chosen(row)).not.toHaveProperty('part');
  });

  it('is what was promoted, until a deployment declares another', () => {
    const row = (over: string) => releases({ promoted: { route: { ...V2, over } } });
    expect(chosen(row('route.v1')).serving.route).toMatchObject(V2);
    expect(chosen(row('route.v0')).serving.route).toEqual(V1);
  });

  it('counts no release of an earlier deployment', () => {
    expect(chosen(releases({ running: running({ declared: 'route.v0', share: 1 }) }))).toEqual(
      chosen(undefined),
    );
  });
});

describe('what an item began with', () => {
  const promoted = releases({ promoted: { route: { ...V2, over: 'route.v1' } }, ended: [ended('promoted')] });

  it('stays, through a promotion, a deployment and a release', () => {
    const began = { lineage: [asked('route.v1')] };
    expect(chosen(promoted, began).serving.route).toEqual(V1);
    expect(chosen(undefined, { lineage: [asked('route.v3')] }).serving.route).toEqual({ prompt: 'route.v3' });
    const release = running();
    const mine = chosen(releases({ running: release }), began, whoIs('candidate', release));
    expect(mine.serving.route).toEqual(V1);
    // It is no part of what it was not served by.
    expect(mine).not.toHaveProperty('part');
  });

  it('stays with the model that was wanted then, or with none', () => {
    const large = { endpoint: 'main', name: 'large' };
    const candidate = { ...V1, model: large };
    const end = { as: 'promoted' as const, by: 'ops', at: '2026-12-01T09:00:00.000Z', reason: 'x', items: 3 };
    const release = running({ candidate });
    const row = releases({
      promoted: { route: { ...candidate, over: 'route.v1' } },
      ended: [{ ...release, end }],
    });
    const at = (time: string, from?: string) =>
      chosen(row, { lineage: [asked('route.v1', { at: `2026-12-01T${time}:00.000Z` })] }, from).serving.route;
    // Before it, while it was tried, and once it served all.
    expect(at('07:30')).toEqual(V1);
    expect(at('08:30', whoIs('stable', release))).toEqual(V1);
    expect(at('08:30', whoIs('candidate', release))).toEqual(candidate);
    expect(at('10:00')).toEqual(candidate);
    expect(chosen(row).serving.route).toMatchObject(candidate);
    // Rolled back, it is wanted by nobody any more.
    const back = releases({ ended: [{ ...release, end: { ...end, as: 'rolled-back' } }] });
    const mine = { lineage: [asked('route.v1')] };
    expect(chosen(back, mine, whoIs('candidate', release)).serving.route).toEqual(V1);
  });

  it('stays of an agent, whose turns are steps', () => {
    const began = { lineage: [asked('reply.v0', { step: 'reply#1' })] };
    expect(chosen(undefined, began).serving.reply).toEqual({ prompt: 'reply.v0' });
  });

  it('goes where it was rolled back', () => {
    const row = releases({ ended: [ended('rolled-back')] });
    expect(chosen(row, { lineage: [asked('route.v2')] }).serving.route).toEqual(V1);
  });

  it('stays where it was rolled back later, as a candidate over what serves all now', () => {
    const later = { ...ended('rolled-back'), at: '2030-01-01T00:00:00.000Z' };
    const row = releases({ ended: [later] });
    expect(chosen(row, { lineage: [asked('route.v2')] }).serving.route).toEqual({ prompt: 'route.v2' });
  });

  it("goes where an operator wants it as of now, and stays with 'same'", () => {
    const redriven = (version?: string) => ({
      lineage: [asked('route.v1')],
      timeline: [{ at: '2026-12-01T09:00:00.000Z', event: 'redriven', ...(version ? { version } : {}) }],
    });
    expect(chosen(promoted, redriven('current')).serving.route).toMatchObject(V2);
    expect(chosen(promoted, redriven()).serving.route).toEqual(V1);
  });
});
