import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api, folder, run } from './harness.ts';
import { done } from './recorded.ts';

const COMMAND = `POST /v1/items/${done.id}/redrive`;
const answered = { body: { id: done.id, generation: 2 }, status: 202 };
const REASON = ['--reason', 'the ledger is up again'];

describe('redrive', () => {
  it('lets an item go on with the reason, and says how to see it', async () => {
    api.answers[COMMAND] = answered;

    const { code, out } = await run(['redrive', done.id, ...REASON]);

    expect([code, out]).toEqual([0, expect.stringContaining(`${done.id}  goes on as generation 2`)]);
    expect(out).toContain('status ');
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({ reason: 'the ledger is up again' });
  });

  it('sends another input, and what else was asked for', async () => {
    const file = join(folder, 'body.json');
    writeFileSync(file, '{"text":"charged once"}');
    api.answers[COMMAND] = answered;

    await run(['redrive', done.id, ...REASON, '--fresh', '--version', 'current', '--edit', file]);

    expect(JSON.parse(api.calls[0]?.body ?? '')).toMatchObject({
      ...{ fresh: true, version: 'current', body: { text: 'charged once' } },
    });
  });

  it('asks the API for nothing that it cannot mean', async () => {
    const file = join(folder, 'body.json');
    writeFileSync(file, 'charged once');
    const wrong = [
      [[], '--reason is missing'],
      [[...REASON, '--version', 'newest'], '--version must be one of same, current'],
      [[...REASON, '--edit', file], 'is no JSON'],
    ] as const;
    for (const [words, why] of wrong) {
      const { code, err } = await run(['redrive', done.id, ...words]);
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
    expect(api.calls).toEqual([]);
  });
});

describe('redrive of many', () => {
  const ID = 'refund-request_redrive-0a1b2c';
  const MANY = 'POST /v1/automations/refund-request/redrives';
  const STATE = `GET /v1/redrives/${ID}`;
  const WORDS = ['redrive', '--automation', 'refund-request', ...REASON];
  const state = (fields: object) => ({
    body: {
      ...{
        id: ID,
        automation: 'refund-request',
        state: 'running',
        matched: 30,
        done: 0,
        failed: 0,
        skipped: 0,
      },
      ...fields,
    },
  });

  it('asks for those that fit, and tells how it goes on until it is over', async () => {
    api.answers[MANY] = { status: 202, body: { id: ID, matched: 30 } };
    const ended = state({ state: 'done', done: 28, skipped: 2 });
    api.answers[STATE] = [state({}), state({ done: 20 }), ended];

    const { code, out } = await run(
      [
        ...WORDS,
        '--status',
        'parked,suspended',
        '--class',
        'TransientError',
        '--since',
        '2h',
        '--rate',
        '20',
      ],
      { looks: [() => {}, () => {}, () => {}] },
    );

    expect(code).toBe(0);
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({
      reason: 'the ledger is up again',
      filter: {
        ...{ status: ['parked', 'suspended'], class: ['TransientError'] },
        since: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      ratePerMinute: 20,
    });
    expect(out).toContain('30 items fit');
    expect(out).toContain(`redrive --look ${ID}`);
    expect(out).toContain('20 of 30 let go on');
    expect(out).toContain('28 of 30 were let go on, 2 skipped');
  });

  it('tells what would go on, and does nothing', async () => {
    api.answers[MANY] = { status: 202, body: { id: ID, matched: 9 } };
    api.answers[STATE] = state({ state: 'done', dryRun: true, matched: 9, done: 6, skipped: 3 });
    const { out } = await run([...WORDS, '--dry-run']);
    expect(JSON.parse(api.calls[0]?.body ?? '')).toMatchObject({ dryRun: true, filter: {} });
    expect(out).toContain('6 of 9 would be let go on; nothing was done, 3 skipped');
  });

  it('is not well where some failed, and says it in JSON too', async () => {
    api.answers[STATE] = state({ state: 'done', done: 29, failed: 1 });
    const { code, out, err } = await run(['redrive', '--look', ID, '--json']);
    expect([code, err]).toEqual([1, expect.stringContaining('1 item did not go on')]);
    expect(JSON.parse(out)).toMatchObject({ failed: 1 });
  });

  it.each([
    [['redrive', ...REASON], 'say what is to go on'],
    [['redrive', done.id, '--automation', 'x', ...REASON], 'not both'],
    [['redrive', done.id, '--rate', '5', ...REASON], '--rate is for the items of an automation'],
    [[...WORDS, '--edit', 'x.json'], '--edit is for one item'],
    [[...WORDS, '--status', 'parked,lost'], "got 'lost'"],
    [[...WORDS, '--rate', '0'], '--rate must be a whole number'],
  ])('refuses %j', async (words, why) => {
    const { code, err } = await run(words);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    expect(api.calls).toEqual([]);
  });

  it('is stopped by its id, with a reason, and told how far it has come', async () => {
    const stopped = { by: 'ops', reason: 'the ledger is down again', at: '2026-12-01T09:00:00.000Z' };
    api.answers[`DELETE /v1/redrives/${ID}`] = state({ state: 'stopped', stopped, done: 12 });

    const missing = await run(['redrive', 'stop', ID]);
    const { code, out } = await run(['redrive', 'stop', ID, '--reason', stopped.reason]);

    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('--reason is missing')]);
    expect([code, out]).toEqual([0, expect.stringContaining('stopped by ops: 12 of 30 were let go on')]);
    expect(api.calls.map(({ body }) => JSON.parse(body ?? ''))).toEqual([{ reason: stopped.reason }]);
  });
});
