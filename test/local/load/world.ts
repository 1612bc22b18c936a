import type { Lived, Observed } from '../../../local/load/bottleneck.ts';
import { actionKey, type Event, partsOf, type Story } from '../../../local/load/story.ts';
import { type Seen, type Stub, stubServer } from '../../support/http.ts';

/* Items as the API tells of them, and an API that has some. */

const START = Date.parse('2026-11-28T10:00:00.000Z');
export const DESTINATIONS = new Map([[actionKey('refund-request', 'refund'), 'refund-ledger']]);

/** An item's events, each with the seconds since the one before. */
export function story(number: number, receivedAfter: number, events: [number, string, object?][]): Story {
  let at = START + receivedAfter * 1000;
  const told = (seconds: number, event: string, facts: object = {}): Event => {
    at += seconds * 1000;
    return { at: new Date(at).toISOString(), event, ...facts };
  };
  const timeline = [told(0, 'received'), ...events.map((one) => told(...one))];
  return {
    ...{ id: `i${number}`, automation: 'refund-request', status: 'done' as const, priority: 'normal' },
    ...{ receivedAt: new Date(START + receivedAfter * 1000).toISOString(), timeline, costUsd: 0.0001 },
  };
}

export interface Life {
  queue?: number;
  work?: number;
  call?: number;
  waits?: string;
  waited?: number;
  toAct?: number;
  actWaits?: string;
  actWaited?: number;
  act?: number;
}

/** An item that acts alone: seconds of each part of its life. */
export function life(number: number, receivedAfter: number, of: Life): Story {
  const { queue = 0.2, work = 0.1, call = 0.3, waits, waited = 0, toAct = 0.2, act = 0.1 } = of;
  const called = { step: 'route', endpoint: 'openai', milliseconds: call * 1000, cached: false };
  return story(number, receivedAfter, [
    [queue, 'processing', { attempt: 1 }],
    [work, 'prepared'],
    ...(waits === undefined ? [] : ([[0, 'waiting', { reason: waits }]] as [number, string, object][])),
    [call + waited, 'model_called', called],
    [0, 'routed', { label: 'damaged' }],
    [work, 'evaluated', { action: 'refund' }],
    [0, 'gated', { verdict: 'act' }],
    [toAct, 'acting', { action: 'refund' }],
    ...(of.actWaits === undefined
      ? []
      : ([[0, 'waiting', { stage: 'act', reason: of.actWaits }]] as [number, string, object][])),
    [act + (of.actWaited ?? 0), 'acted', { action: 'refund', status: 200 }],
    [0, 'done'],
  ]);
}

/** So many items, one each half second, as a part of each life is said by how far the run is (0 to 1). */
export function observed(of: (share: number) => Life, more: Partial<Observed> = {}, count = 80): Observed {
  const items: Lived[] = Array.from({ length: count }, (_, at) => {
    const own = life(at, at / 2, of(at / (count - 1)));
    return { story: own, parts: partsOf(own, DESTINATIONS) };
  });
  return { items, posts: count, turnedAway: 0, limits: new Map(), cpu: undefined, ...more };
}

export interface StubApi extends Stub {
  /** By key, what was answered. */
  ids: Map<string, string>;
}

/** Each item is done at the third look. `loses` and `sticks`: the number of an item that is never seen again, or never rests. */
export async function stubApi({
  loses,
  sticks,
  busy = 0,
  doubles = false,
  makes,
}: {
  loses?: number;
  sticks?: number;
  /** So many posts are turned away first. */
  busy?: number;
  /** A repeated key makes a second item. */
  doubles?: boolean;
  /** The number of an item of which an action makes another, and that one a third. */
  makes?: number;
} = {}): Promise<StubApi> {
  const ids = new Map<string, string>();
  const items = new Map<string, { looks: number; number: number; receivedAt: string }>();
  const shown = (id: string) => {
    const { looks, number, receivedAt } = items.get(id) ?? { looks: 0, number: 0, receivedAt: '' };
    const status = looks > 2 && number !== sticks ? 'done' : 'processing';
    const events = ['received', 'processing', 'prepared', 'gated', ...(status === 'done' ? ['done'] : [])];
    const timeline = events.map((event) => ({ at: receivedAt, event }));
    return {
      id,
      automation: 'refund-request',
      status,
      receivedAt,
      priority: 'normal',
      timeline,
      costUsd: 0.001,
      ...(number === makes ? { children: ['child-1'] } : {}),
    };
  };
  let turnedAway = 0;
  let made = 0;
  const answer = ({ method, path, headers }: Seen): [number, object, Record<string, string>?] => {
    if (path === '/v1/automations')
      return [200, { automations: [{ name: 'stub', examples: [{ body: { text: 'a' } }], actions: [] }] }];
    if (path === '/v1/endpoints') return [403, {}];
    if (method === 'POST') {
      if (turnedAway < busy) {
        turnedAway += 1;
        return [429, { accepted: false }, { 'retry-after': '0.01' }];
      }
      const key = String(headers['idempotency-key']);
      const known = doubles ? undefined : ids.get(key);
      if (known) return [200, { id: known, duplicate: true }];
      made += 1;
      const id = `item-${made}`;
      ids.set(key, id);
      if (made !== loses) items.set(id, { looks: 0, number: made, receivedAt: new Date().toISOString() });
      return [202, { id, status: 'received' }];
    }
    if (path.startsWith('/v1/items?')) {
      for (const item of items.values()) item.looks += 1;
      return [200, { items: [...items.keys()].map(shown) }];
    }
    const id = path.split('/').at(-1) ?? '';
    const child = /^child-([12])$/.exec(id)?.[1];
    if (makes !== undefined && child) {
      const timeline = ['received', 'done'].map((event) => ({ at: new Date().toISOString(), event }));
      const children = child === '1' ? ['child-2'] : ['child-1'];
      return [
        200,
        {
          ...{ id, automation: 'stub', status: 'done', timeline, costUsd: 0.02, children },
          receivedAt: timeline[0]?.at,
        },
      ];
    }
    return items.has(id) ? [200, shown(id)] : [404, { title: 'Not found' }];
  };
  const stub = await stubServer((response, seen) => {
    const [status, body, headers] = answer(seen);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  return Object.assign(stub, { ids });
}
