import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { decide } from '../../bench/approver.ts';
import { type LocalRun, startLocal } from '../../local/engine.ts';
import { freePort } from '../../local/ports.ts';
import { SWITCH, withSwitch } from '../support/switch.ts';

/* A prompt that is worse, through a deployed house of its own: who meets it, what becomes of it, and of items that it has judged. */

interface Item {
  id: string;
  status: string;
  label?: string;
  lineage?: { step: string; promptVersion: string }[];
  timeline: { event: string; arm?: string }[];
}
interface Releases {
  serving: { route: { prompt: string } };
  running?: { comparison: { items: { candidate: number } }; shadow?: { items: number; verdict: number } };
  ended: {
    end: { as: string; items: number; reason: string; by: string };
    shadow?: { items: number; verdict: number; differing?: string[] };
  }[];
}

let root: string;
let stateDir: string;
let run: LocalRun;

beforeAll(async () => {
  root = withSwitch();
  stateDir = await mkdtemp(join(tmpdir(), 'signalbox-release-'));
  run = await startLocal({ root, port: await freePort(), stateDir, log: () => {} });
}, 600_000);
afterAll(async () => {
  await run?.stop();
  await rm(stateDir, { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
});

async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${run.outputs.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${run.outputs.clientToken}`, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as T;
}

const PATH = `/v1/automations/${SWITCH}/releases`;
const releases = () => api<Releases>(PATH);
const order = (end: string, body: object) => api<Releases>(`${PATH}${end}`, { reason: 'a test', ...body });
const RESTING = ['done', 'refused', 'parked', 'quarantined', 'waiting_approval'];

async function posted(): Promise<string> {
  // The same body within ten minutes would be the same item.
  const body = { want: 'message', text: crypto.randomUUID() };
  return (await api<{ id: string }>(`/v1/automations/${SWITCH}/items`, body)).id;
}

const atRest = (id: string, statuses = RESTING) =>
  vi.waitFor(
    async () => {
      const item = await api<Item>(`/v1/items/${id}`);
      return statuses.includes(item.status) ? item : Promise.reject(new Error(JSON.stringify(item)));
    },
    { timeout: 180_000, interval: 500 },
  );

async function items(count: number): Promise<Item[]> {
  const ids = await Promise.all(Array.from({ length: count }, posted));
  return Promise.all(ids.map((id) => atRest(id)));
}

const versionOf = ({ lineage = [] }: Item) => lineage.find(({ step }) => step === 'route')?.promptVersion;
const armOf = ({ timeline }: Item) => timeline.find(({ event }) => event === 'prepared')?.arm;
/** What instances of functions have heard of a release by then. */
const heard = () => new Promise((resolve) => setTimeout(resolve, 6000));

it('a shadow counts that it would have judged otherwise, and has no effect', async () => {
  await order('', { step: 'route', version: 'v2', mode: 'shadow' });
  await heard();
  const all = await items(5);
  expect(all.map(({ status, label }) => `${status} ${label}`)).toEqual(Array(5).fill('done known'));
  await vi.waitFor(
    async () => expect((await releases()).running?.shadow).toMatchObject({ items: 5, verdict: 5 }),
    { timeout: 60_000, interval: 1000 },
  );
  await order('/rollback', {});
  const [last] = (await releases()).ended;
  // What it came to is still there for whoever decides about a canary.
  expect(last).toMatchObject({ end: { as: 'rolled-back', items: 5 }, shadow: { items: 5, verdict: 5 } });
  expect([...(last?.shadow?.differing ?? [])].sort()).toEqual(all.map(({ id }) => id).sort());
}, 300_000);

let waiting: Item | undefined;

it('a canary that is worse is rolled back by itself, and nobody meets it any more', async () => {
  await order('', { step: 'route', version: 'v2', share: 0.5 });
  await heard();
  const all = await items(80);
  const met = all.filter((item) => armOf(item) === 'candidate');
  expect(met.length).toBeGreaterThan(20);
  expect(met.map(versionOf)).toEqual(met.map(() => 'route.v2'));
  expect(met.map(({ status }) => status)).toEqual(met.map(() => 'waiting_approval'));
  const others = all.filter((item) => armOf(item) !== 'candidate');
  expect(others.map((item) => `${versionOf(item)} ${item.status}`)).toEqual(
    others.map(() => 'route.v1 done'),
  );
  waiting = met[0];
  const { ended, running } = await vi.waitFor(
    async () => {
      const now = await releases();
      return now.running ? Promise.reject(new Error(JSON.stringify(now.running))) : now;
    },
    { timeout: 240_000, interval: 2000 },
  );
  expect(running).toBeUndefined();
  expect(ended[0]?.end).toMatchObject({ as: 'rolled-back', by: 'Signalbox' });
  expect(ended[0]?.end.reason).toContain('people are asked');
  console.log(`rolled back after ${ended[0]?.end.items} items of the candidate`);
  await heard();
  const after = await items(10);
  expect(after.map(versionOf)).toEqual(after.map(() => 'route.v1'));
}, 600_000);

it('an item that waits through three releases acts by what it began with', async () => {
  await order('', { step: 'route', version: 'v2', mode: 'ab', share: 0.9 });
  await order('/promote', {});
  expect((await releases()).serving.route.prompt).toBe('route.v2');
  await order('/rollback', {});
  expect((await releases()).serving.route.prompt).toBe('route.v1');
  const { id = '' } = waiting ?? {};
  await decide(run.outputs, id, 'approve');
  const item = await atRest(id, ['done', 'parked']);
  expect([item.status, versionOf(item)]).toEqual(['done', 'route.v2']);
}, 300_000);
