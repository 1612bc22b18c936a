import { describe, expect, it, vi } from 'vitest';
import type { LineageEntry, TimelineEvent } from '../../lambdas/contract/item/row.ts';
import { recount } from '../../lambdas/record/outcomes/facts.ts';
import type { Report } from '../../lambdas/reports/report.ts';
import { weekOf } from '../../lambdas/reports/weeks.ts';
import { sumOf } from '../../lambdas/tables/statistics/figures.ts';
import { viewOf } from '../../lambdas/tables/statistics/view.ts';
import { fresh, post, REFUND, reaches, request, type Story } from '../support/app.ts';
import { itemRow } from '../support/fixtures.ts';

/* What the stream's reader has counted of the deployed application's items, against a recount of what the API says of each. */

const AUTOMATION = 'refund-request';

type Counts = Record<string, number>;

/** All hours of the last days together. */
async function counted(): Promise<Counts> {
  const from = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const { status, body } = await request(`/v1/automations/${AUTOMATION}/statistics?by=day&from=${from}`);
  expect(status).toBe(200);
  const sum: Counts = {};
  for (const row of (body as { rows: object[] }).rows) add(sum, countsOf(row));
  return sum;
}

function add(sum: Counts, counts: Counts): void {
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}

/** What adds up, by its place in the row: counts, and money in billionths. */
function countsOf(row: object, place = ''): Counts {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const here = `${place}/${name}`;
      if (
        /latencyMs|queueAgeMs|slaMet|overrideRate|costPerDoneUsd|agreement|activeMs|shareFast|\/from/.test(
          here,
        )
      )
        return [];
      if (typeof value === 'object' && value !== null) return Object.entries(countsOf(value, here));
      return typeof value === 'number' && value !== 0
        ? [[here, /costUsd/.test(here) ? Math.round(value * 1e9) : value]]
        : [];
    }),
  );
}

function recounted(items: readonly Story[]): Counts {
  const rows = items.map(({ id, timeline = [], lineage = [] }) => {
    const told = (timeline as TimelineEvent[]).filter(
      ({ event }) => !['model_called', 'source_asked'].includes(event),
    );
    return itemRow({ id, automation: AUTOMATION, timeline: told, lineage: lineage as LineageEntry[] });
  });
  return countsOf(viewOf(sumOf(recount(rows).values()), true, { fastSeconds: 5, attentionUsdPerHour: 60 }));
}

describe('the statistics of an automation', () => {
  // Items of other tests may move meanwhile.
  it('grow by what a recount of its new items says, and by nothing else', { retry: 2 }, async () => {
    const before = await counted();
    const posts = await Promise.all(
      [REFUND.small, REFUND.small, REFUND.large].map((body) => post(AUTOMATION, fresh(body))),
    );
    const items = await Promise.all(
      posts.map(({ body }) =>
        reaches(body.id, ['done', 'waiting_approval', 'refused', 'parked', 'quarantined']),
      ),
    );
    const expected = { ...before };
    add(expected, recounted(items));

    await vi.waitFor(async () => expect(await counted()).toEqual(expected), {
      timeout: 60_000,
      interval: 500,
    });
    expect(expected['/received']).toBe((before['/received'] ?? 0) + 3);
  });

  it('are in the report of the week, which is not over', async () => {
    const week = weekOf(Date.now());
    const { status, body } = await request(`/v1/reports/${week}`);
    expect(status).toBe(200);
    const { complete, automations } = body as Report;
    expect(complete).toBe(false);
    const told = automations.find(({ automation }) => automation === AUTOMATION);
    expect(told?.now.received).toBeGreaterThan(0);
    // The configuration says who owns it.
    expect(told?.decide.map(({ code }) => code)).not.toContain('owner');
  });

  it('say what is wrong with a time that is too long', async () => {
    const { status, body } = await request(
      `/v1/automations/${AUTOMATION}/statistics?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z`,
    );
    expect([status, (body as { errors: unknown[] }).errors]).toEqual([
      400,
      [{ pointer: '/from', message: expect.stringContaining('31 days') }],
    ]);
  });
});
