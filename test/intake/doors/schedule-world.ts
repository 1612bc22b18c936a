import { afterEach, beforeEach } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ScheduleDoor } from '../../../lambdas/contract/intake/schedules.ts';
import { arrive } from '../../../lambdas/intake/doors/arrive.ts';
import { pollKey } from '../../../lambdas/tables/keys.ts';
import { automation, type Demo, ENV, sqsRecord } from '../../support/fixtures.ts';
import { type Seen, type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

/** An old system: its rows in order, three at a time. */
export let rows: { no: number; words: unknown }[] = [];
export let legacy: Stub;

const serving = (_: unknown, seen: Seen) => {
  const after = Number(new URL(seen.path, 'http://x').searchParams.get('after') ?? 0);
  return { rows: rows.filter(({ no }) => no > after).slice(0, 3) };
};

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  rows = [1, 2, 3, 4].map((no) => ({ no, words: `line ${no}` }));
  legacy = await stubServer((response, seen) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(serving(response, seen)));
  });
});
afterEach(() => legacy.close());

export const lines: ScheduleDoor<Demo> = {
  ...{ source: 'legacy', every: 'rate(5 minutes)', priority: 'low' },
  request: (cursor) => ({ path: '/lines', query: { after: cursor } }),
  records(answer) {
    const found = (answer as { rows: { no: number }[] }).rows;
    const next = found.at(-1)?.no;
    return {
      records: found.map((row) => ({ id: row.no, record: row })),
      next: next === undefined ? undefined : String(next),
    };
  },
  body: (record) => ({ text: (record as { words: string }).words }),
};

export const withDoor = (more: Partial<ScheduleDoor<Demo>> = {}): Automation<Demo> => ({
  ...automation,
  doors: { schedules: { lines: { ...lines, ...more } } },
});
const env = () => ({
  ...{ ...ENV, STAGE: 'local' },
  SOURCES: JSON.stringify({
    legacy: {
      kind: 'source',
      name: 'legacy',
      url: `${legacy.url}/api`,
      timeoutSeconds: 2,
      mostBytes: 10_000,
    },
  }),
});
export const TICK = { door: 'schedule', name: 'lines' };
export const tick = (message: object = TICK, door: Partial<ScheduleDoor<Demo>> = {}) =>
  arrive(sqsRecord(message), withDoor(door) as never, env());

export const items = () => world.tables.all('items');
export const texts = () =>
  items().map(({ id }) => JSON.parse(world.content.get(`bucket/items/${id}/body.json`) ?? '{}').text);
export const place = () => world.tables.row('control', pollKey('demo', 'lines'));
