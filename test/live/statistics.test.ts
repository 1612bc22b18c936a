import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { policiesOf } from '../../cli/what-if/candidate.ts';
import type { LineageEntry, TimelineEvent } from '../../lambdas/contract/item/row.ts';
import { compare, type JudgedItem } from '../../lambdas/gate/policy/what-if.ts';
import { recount } from '../../lambdas/record/outcomes/facts.ts';
import type { Report } from '../../lambdas/reports/report.ts';
import { weekOf } from '../../lambdas/reports/weeks.ts';
import { toldKey } from '../../lambdas/tables/keys.ts';
import { sumOf } from '../../lambdas/tables/statistics/figures.ts';
import { viewOf } from '../../lambdas/tables/statistics/view.ts';
import {
  fresh,
  inbox,
  outputs,
  post,
  REFUND,
  reaches,
  request,
  type Story,
  signIn,
  story,
} from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { account, resource, tick } from '../support/desk-clock.ts';
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
        /latencyMs|queueAgeMs|slaMet|overrideRate|costPerDoneUsd|agreement|activeMs|shareFast|auditPrecision|\/from/.test(
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

  it('are asked another threshold about, by what the gate was given', async () => {
    const [small, large] = await Promise.all(
      [REFUND.small, REFUND.large].map(async (body) => {
        const { body: sent } = await post(AUTOMATION, fresh(body));
        return (await reaches(sent.id, ['done', 'waiting_approval'])).id;
      }),
    );
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const items: JudgedItem[] = [];
    for (let cursor = ''; ; ) {
      const path = `/v1/automations/${AUTOMATION}/judged?from=${from}${cursor && `&cursor=${cursor}`}`;
      const { status, body } = await request(path);
      expect(status).toBe(200);
      const page = body as { items: JudgedItem[]; cursor?: string };
      items.push(...page.items);
      if (page.cursor === undefined) break;
      cursor = page.cursor;
    }
    const mine = items.filter(({ id }) => id === small || id === large);
    const policies = await policiesOf(AUTOMATION, { gate: undefined, threshold: 'amount=1000' });
    expect(compare(mine, policies)).toMatchObject({
      ...{ items: 2, cameOtherwise: 0, before: { act: 1, ask: 1 }, after: { act: 2, ask: 0 } },
      changed: [{ id: large, from: 'ask', to: 'act' }],
    });

    const browser = await launchBrowser();
    try {
      // Who answers for it.
      const page = await signIn(browser, 'manager@example.com');
      await page.goto(`${outputs.consoleUrl}/automations/${AUTOMATION}`);
      await page.getByLabel('amount, as a number').fill('1000');
      await page.getByRole('button', { name: 'See what it would have done' }).click();
      await page.getByRole('heading', { name: /^With amount 1000 instead of/ }).waitFor();
      const row = page.getByRole('row').filter({ hasText: String(large).slice(-7) });
      expect(await row.textContent()).toMatch(/asks a person\s*acts alone/);
    } finally {
      await browser.close();
    }
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

  it('are not compared before there are weeks of them', async () => {
    const { status, body } = await request(`/v1/automations/${AUTOMATION}/drift`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ automation: AUTOMATION, shifts: [], mixes: [] });
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

interface Audits {
  open: { item: string }[];
  precision: { n: number };
}

describe('the audit of what ended alone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const audits = async () => {
    const { status, body } = await request(`/v1/automations/${AUTOMATION}/audits`);
    expect(status).toBe(200);
    return body as Audits;
  };

  /** Told now, whatever was told on this day before. */
  async function mailedLink(to: string): Promise<string> {
    const day = new Date(Date.now() - 6 * 3_600_000).toISOString().slice(0, 10);
    const TableName = await resource('datacontrol');
    await account.tables.send(new DeleteCommand({ TableName, Key: { id: toldKey(day) } }));
    await tick('reportingoperatereport');
    const mail = (await inbox()).find((it) => it.to === to && it.subject.includes('for your audit'));
    expect(mail?.text).toContain(`${AUTOMATION}: `);
    return /https?:\/\/\S+\/console\/audits/.exec(mail?.text ?? '')?.[0] ?? '';
  }

  it('is answered blind in the console, and its figures are told by the API', async () => {
    const { body } = await post(AUTOMATION, fresh(REFUND.small));
    await reaches(body.id, 'done');
    // Of one hour no more are chosen than people look at: where other tests were first, it is one of theirs.
    const before = await vi.waitFor(
      async () => {
        const found = await audits();
        expect(found.open.length).toBeGreaterThan(0);
        return found;
      },
      { timeout: 90_000, interval: 500 },
    );
    const id = before.open.find(({ item }) => item === body.id)?.item ?? before.open.at(-1)?.item ?? '';
    const { label, proposal } = await story(id);
    const page = await signIn(browser, 'carla@example.com');
    // The mail of the day leads to the list.
    await page.goto(await mailedLink('carla@example.com'));
    await page.getByRole('heading', { level: 1, name: 'Audits' }).waitFor();
    await page.goto(`${outputs.consoleUrl}/audits/${id}-g1`);
    const shown = (await page.locator('main').textContent()) ?? '';
    expect(shown).toContain('What came in');
    expect(shown).not.toMatch(/What was done|acted alone|refused alone/);

    await page.getByLabel('What is it?').selectOption(String(label));
    const { action, parameters } = proposal as { action: string; parameters: Record<string, string> };
    await page.getByLabel('What is right to do with it?').selectOption(`act:${action}`);
    const { amount = '' } = parameters;
    await page.getByLabel('amount').fill(amount);
    await page.getByRole('button', { name: 'Record my answer' }).click();
    await page.getByText(`What was done: ${label}`).waitFor();

    const after = await audits();
    expect(after.precision.n).toBe(before.precision.n + 1);
    const { body: told } = await request(`/v1/automations/${AUTOMATION}/statistics?by=day`);
    const [day] = (told as { rows: { auditPrecision: { n: number } }[] }).rows.slice(-1);
    expect(day?.auditPrecision.n).toBeGreaterThan(0);
  });
});
