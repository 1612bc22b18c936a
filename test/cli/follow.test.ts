import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api, ITEM, run } from './harness.ts';
import { accepted, done, OTHER_ID, page, parked, waiting } from './recorded.ts';
import { NOON, StubApi } from './world.ts';

const LIST = 'GET /v1/items?limit=100';
const [first, second] = page.items;
const nothing = () => {};

describe('items --follow', () => {
  const stories = () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: parked };
  };

  it('prints what is there, then one line for each item that comes or changes', async () => {
    stories();
    api.answers[LIST] = [
      { body: { items: [second] } },
      { body: { items: [first, second] } },
      { body: { items: [first, second] } },
      { body: { items: [{ ...first, status: 'done' }, second] } },
    ];
    const looks = [
      nothing,
      nothing,
      nothing,
      () => {
        api.answers[`GET ${ITEM}`] = { body: { ...done, updatedAt: '2026-11-20T11:58:30.000Z' } };
      },
    ];
    const { code, out, err } = await run(['items', '--follow'], { looks });
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      '09:05:00  d6fd8f5  support-triage  parked            SystemError: the budget of the day is spent',
      '11:56:00  60e4257  refund-request  waiting_approval  due in 2 h, refund-approvers: Refund USD 109.27 to order W9373487',
      '11:58:30  60e4257  refund-request  done              Refund USD 109.27 to order W9373487',
    ]);
  });

  it('keeps each line within the terminal', async () => {
    stories();
    api.answers[LIST] = { body: { items: page.items } };
    const { out } = await run(['items', '--follow'], { looks: [nothing], columns: 80 });
    const lines = out.split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives one line of JSON for each, as received, with whole ids', async () => {
    api.answers[LIST] = [{ body: page }, { body: { items: [{ ...first, status: 'done' }, second] } }];
    api.answers[`${LIST}&cursor=${page.cursor}`] = { body: { items: [] } };
    const { out } = await run(['items', '--follow', '--json'], { looks: [nothing, nothing] });
    const lines = out.split('\n').map((line) => JSON.parse(line));
    expect(lines).toEqual([second, first, { ...first, status: 'done' }]);
  });

  it('passes the filters on, and tells again what comes back into them', async () => {
    stories();
    const asked = 'GET /v1/items?automation=support-triage&status=parked&limit=100';
    const there = { body: { items: [second] } };
    api.answers[asked] = [there, { body: { items: [] } }, there];
    const argv = ['items', '--follow', '--automation', 'support-triage', '--status', 'parked'];
    const { out } = await run(argv, { looks: [nothing, nothing, nothing] });
    expect(out.split('\n')).toHaveLength(2);
  });

  it('shows ten of what was there, and looks at no more than five pages each time', async () => {
    const many = (from: number) =>
      Array.from({ length: 100 }, (_, at) => ({
        ...first,
        id: `refund-request_${String(from + at).padStart(32, '0')}`,
      }));
    api.answers = new Proxy(
      {},
      {
        get: (_, call) => {
          const cursor = Number(/cursor=(\d+)/.exec(String(call))?.[1] ?? 0);
          if (String(call).startsWith('GET /v1/items/'))
            return { status: 500, body: { title: 'no', status: 500 } };
          return { body: { items: many(cursor), cursor: String(cursor + 100) } };
        },
      },
    );
    const { out } = await run(['items', '--follow'], { looks: [nothing, nothing] });
    expect(out.split('\n')).toHaveLength(10);
    expect(api.calls.filter(({ path }) => path.startsWith('/v1/items?'))).toHaveLength(10);
  });

  it('waits for an API that does not answer for a while, and says so once', async () => {
    stories();
    api.answers[LIST] = [
      { status: 503, body: { title: 'Busy', status: 503 } },
      { status: 503, body: { title: 'Busy', status: 503 } },
      { body: { items: [second] } },
    ];
    const { code, out, err } = await run(['items', '--follow'], { looks: [nothing, nothing, nothing] });
    expect([code, err]).toEqual([0, 'the API answered 503: trying again']);
    expect(out).toContain('d6fd8f5');
  });

  it('ends where the token is refused', async () => {
    api.answers[LIST] = { status: 401, body: { title: 'Not signed in', status: 401 } };
    expect(await run(['items', '--follow'], { looks: [nothing, nothing] })).toMatchObject({ code: 1 });
    expect(api.calls).toHaveLength(1);
  });

  it.each([
    [[], 12 * 3_600_000, '12 h'],
    [['--for', '30m'], 1_800_000, '30 min'],
  ])('does not go on for ever: %j', async (more, most, words) => {
    api.answers[LIST] = { body: { items: [] } };
    let now = NOON;
    const later = () => {
      now += most / 2;
    };
    const looks = [nothing, later, later, later, later];
    const { code, err } = await run(['items', '--follow', ...more], { looks, now: () => now });
    expect([code, err]).toEqual([0, `followed for ${words}: type it again to go on`]);
    expect(api.calls).toHaveLength(3);
  });

  it.each([
    [['--limit', '5'], /^--follow takes neither --cursor nor --limit/],
    [['--for', 'long'], /^--for must be like 30m, 12h or 7d, got 'long'/],
  ])('refuses %j', async (more, message) => {
    const { code, err } = await run(['items', '--follow', ...more], { looks: [nothing] });
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('status --follow', () => {
  it('prints each event once, the status when it changes, and ends with the item', async () => {
    const acted = { at: '2026-11-20T11:58:02.000Z', event: 'acted', action: 'refund' };
    const ended = { ...done, timeline: [...waiting.timeline, acted] };
    api.answers[`GET ${ITEM}`] = [{ body: waiting }, { body: waiting }, { body: ended }];
    const looks = Array.from({ length: 9 }, () => nothing);
    const { code, out } = await run(['status', accepted.id, '--follow'], { looks });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '11:55:00   +0.0 s  received  client local, priority normal',
      '11:55:02   +2.3 s  prepared  characters 156',
      '11:55:03   +3.0 s  gated  verdict ask, reasons the amount is high',
      `11:56:00   +1 min  waiting_approval  group refund-approvers, approvalId ${accepted.id}-g1`,
      `${accepted.id}  waiting_approval`,
      '11:58:02   +3 min  acted  action refund',
      `${accepted.id}  done`,
    ]);
    expect(api.calls).toHaveLength(3);
  });

  it('gives one line of JSON for each event', async () => {
    api.answers[`GET ${ITEM}`] = [{ body: waiting }, { body: { ...done, timeline: waiting.timeline } }];
    const { out } = await run(['status', accepted.id, '--follow', '--json'], { looks: [nothing, nothing] });
    const lines = out.split('\n').map((line) => JSON.parse(line));
    const { id, status } = waiting;
    const events = waiting.timeline.map((event) => ({ id, status, ...event }));
    expect(lines).toEqual([...events, { id, status: 'done' }]);
  });

  it('does not go with --wait', async () => {
    const { code, err } = await run(['status', accepted.id, '--follow', '--wait', '3']);
    expect([code, err]).toEqual([2, 'say --wait or --follow, not both']);
  });
});

describe('the program that follows', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'in a pipe prints at once, and ends well with %s',
    async (signal) => {
      const stub = new StubApi();
      await stub.start();
      stub.answers[LIST] = { body: { items: [second] } };
      stub.answers[`GET /v1/items/${OTHER_ID}`] = { body: parked };
      const main = join(import.meta.dirname, '../../cli/main.ts');
      const env = { ...process.env, SIGNALBOX_API_URL: stub.url, SIGNALBOX_TOKEN: 'a-client-token' };
      const child = spawn(process.execPath, [main, 'items', '--follow'], { env, stdio: 'pipe' });
      const [chunk] = await once(child.stdout, 'data');
      expect(String(chunk)).toContain('d6fd8f5');
      // As from a terminal: what started it passes the same signal on.
      child.kill(signal);
      child.kill(signal);
      const [code] = await once(child, 'exit');
      await stub.stop();
      expect(code).toBe(0);
    },
  );
});
