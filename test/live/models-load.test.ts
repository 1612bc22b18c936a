import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  callsFor,
  fresh,
  modelCalls,
  modelFault,
  post,
  REFUND,
  reaches,
  request,
  story,
} from '../support/app.ts';
import {
  allReach,
  breaker,
  budgetRow,
  calm,
  deadLetters,
  leaveOfBudget,
  mostReceives,
  postMany,
  statuses,
} from '../support/models.ts';

/* Many items at once, against a budget, an outage and a limit. */

beforeEach(calm);
afterAll(calm);

const PER_DAY_USD = 5;

describe('a budget for twenty items', () => {
  it('holds against fifty at once; the others wait, none is lost, and more budget finishes them', async () => {
    // Every answer is as long as it may be, so that what is booked is near what is paid.
    await modelFault('padded', 300);
    const { body: probe } = await post('refund-request', fresh(REFUND.small));
    const { costUsd = 0 } = await reaches(probe.id, 'done');
    const room = Math.ceil(20 * costUsd * 1_000_000);
    await leaveOfBudget(room, PER_DAY_USD);
    const before = await modelCalls();
    const ids = await postMany(50);
    let most = 0;
    for (const until = Date.now() + 90_000; ; ) {
      most = Math.max(most, (await budgetRow()).spentMicroUsd ?? 0);
      const now = await statuses(ids);
      if (now.every((status) => status === 'done' || status === 'suspended')) break;
      if (Date.now() > until) throw new Error(`not all done or suspended: ${now.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const now = await statuses(ids);
    const done = now.filter((status) => status === 'done').length;
    const { spentMicroUsd = 0 } = await budgetRow();
    expect(Math.max(most, spentMicroUsd)).toBeLessThanOrEqual(PER_DAY_USD * 1_000_000);
    expect(done).toBeLessThanOrEqual(20);
    expect(done).toBeGreaterThan(0);
    const suspended = ids.filter((_, index) => now[index] === 'suspended');
    expect(suspended).toHaveLength(50 - done);
    const { timeline } = await story(suspended[0] ?? '');
    expect(timeline.find(({ event }) => event === 'suspended')).toMatchObject({
      reason: "the budget of 'refund-request' for today does not hold this call",
    });
    console.log(
      `    50 items, room for 20: ${done} done, ${suspended.length} suspended, $${((spentMicroUsd - (PER_DAY_USD * 1_000_000 - room)) / 1e6).toFixed(6)} of $${(room / 1e6).toFixed(6)}, most ever booked $${((most - (PER_DAY_USD * 1_000_000 - room)) / 1e6).toFixed(6)}`,
    );

    const resumed = await request('/v1/automations/refund-request/resume', {
      method: 'POST',
      body: JSON.stringify({ addUsd: 1 }),
    });
    expect(resumed.body).toMatchObject({
      queued: suspended.length,
      budget: { extraUsd: 1, suspended: false },
    });
    await allReach(ids, ['done'], 90);
    // What an item had paid before it was suspended is remembered: two calls per item, and no more.
    expect((await modelCalls()) - before).toBe(100);
    for (const id of [ids[0], ids[49], suspended[0]])
      expect(await callsFor('refund-ledger', id ?? '')).toHaveLength(1);
    expect(await deadLetters()).toBe(0);
  });
});

describe('an outage of every endpoint', () => {
  it('opens the breakers; the items wait without using up their receives, and all finish after it', async () => {
    await modelFault('down', 15);
    const down = Date.now() + 15_000;
    const before = await modelCalls();
    const ids = await postMany(24);
    for (;;) {
      const states = [(await breaker('sandbox')).state, (await breaker('sandbox-b')).state];
      if (states.every((state) => state === 'open')) break;
      expect(Date.now(), `the breakers are ${states}`).toBeLessThan(down);
    }
    const { reason } = await breaker('sandbox');
    expect(reason).toMatch(/^\d+ of \d+ calls failed$/);
    const failed = (await modelCalls()) - before;
    await new Promise((resolve) => setTimeout(resolve, down - Date.now()));
    // After it opened, no call was made.
    expect((await modelCalls()) - before - failed).toBeLessThanOrEqual(10);
    expect(await deadLetters()).toBe(0);
    await allReach(ids, ['done'], 90);
    const receives = await mostReceives(ids);
    console.log(`    outage: ${failed} calls failed, all 24 done, most receives of a message: ${receives}`);
    expect(receives).toBeLessThanOrEqual(2);
    expect(await deadLetters()).toBe(0);
    expect((await breaker('sandbox')).state).toBe('closed');
  });
});

describe('a storm of 429', () => {
  it('is waited out: nothing fails, nothing is lost, and no breaker opens', async () => {
    await modelFault('limit', 20, { perSecond: 2 });
    const ids = await postMany(20);
    await allReach(ids, ['done'], 100);
    const receives = await mostReceives(ids);
    const parts = await Promise.all(ids.map(async (id) => (await story(id)).timeline));
    const waited = parts.filter((timeline) => timeline.some(({ event }) => event === 'waiting')).length;
    console.log(`    storm: all 20 done, ${waited} waited, most receives of a message: ${receives}`);
    expect(receives).toBeLessThanOrEqual(2);
    expect(await deadLetters()).toBe(0);
    expect((await breaker('sandbox')).state).toBe('closed');
  });
});
