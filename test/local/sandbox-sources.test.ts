import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox } from '../../local/sandbox/server.ts';
import { SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;
beforeAll(async () => {
  world = await SandboxWorld.start();
});
afterAll(() => world.close());

const known = mkdtempSync(join(tmpdir(), 'signalbox-sources-'));
mkdirSync(join(known, 'shop'));
writeFileSync(
  join(known, 'shop', 'sandbox.ts'),
  `export const sandbox = { steps: {}, sources: { orders: (path, query, body) => {
    const [folder, id] = path.split('/');
    if (folder === 'search') return { of: body?.of, page: query.page };
    return folder === 'orders' && id !== 'none' ? { id, total: '5.00' } : undefined;
  } } };`,
);
afterAll(() => rmSync(known, { recursive: true }));

/** One that no test before has used. */
const fresh = () =>
  `${world.sandbox.url}/sources/s-${createHash('md5').update(String(Math.random())).digest('hex').slice(0, 8)}`;
const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
const read = async (url: string) => (await fetch(url, { headers: { authorization: 'Bearer x' } })).json();

it('a source that functions answer for gives the records that were added, and of all else what it gave', async () => {
  const sandbox = await startSandbox({
    port: 0,
    emulatorUrl: 'http://127.0.0.1:1',
    stateDir: known,
    automations: known,
  });
  const url = `${sandbox.url}/sources/orders`;
  expect((await fetch(`${url}/requests`)).status).toBe(404);
  await post(`${url}/records`, [{ text: 'a' }, { text: 'b' }]);
  expect(await read(`${url}/requests?after=1`)).toEqual({ records: [{ text: 'b', id: 2 }] });
  expect(await read(`${url}/orders/4711`)).toEqual({ id: '4711', total: '5.00' });
  expect((await fetch(`${url}/orders/none`)).status).toBe(404);
  await sandbox.close();
});

it('a source gives its records in order, and those behind a place', async () => {
  const url = fresh();
  expect(await read(`${url}/tickets`)).toEqual({ records: [] });
  await post(`${url}/records`, { text: 'a' });
  await post(`${url}/records`, [{ text: 'b' }, 7]);

  expect(await read(`${url}/tickets?after=1`)).toEqual({
    ...{
      records: [
        { text: 'b', id: 2 },
        { value: 7, id: 3 },
      ],
    },
  });
  const calls = (await read(`${url}/calls`)) as object[];
  expect(calls).toEqual([
    { at: expect.any(String), path: '/tickets', authorized: true },
    { at: expect.any(String), path: '/tickets?after=1', authorized: true },
  ]);
});

it.each([
  ['down', 503],
  ['garbage', 200],
])('a source can be made to misbehave: %s', async (mode, status) => {
  const url = fresh();
  await post(`${url}/faults`, { mode, seconds: 60 });
  const answer = await fetch(`${url}/tickets`);
  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain('records');
  await post(`${url}/faults`, { mode: 'ok' });
  expect(await read(`${url}/tickets`)).toEqual({ records: [] });
});

it('a source is read and never written to, and knows no other fault', async () => {
  const url = fresh();
  expect((await post(`${url}/tickets`, {})).status).toBe(405);
  expect((await post(`${url}/faults`, { mode: 'lost' })).status).toBe(400);
  expect((await fetch(`${world.sandbox.url}/sources/No%20name/tickets`)).status).toBe(404);
});

it('a source that a function describes knows every question of its kind, and what was set wins', async () => {
  const { url, close } = await startSandbox({
    port: 0,
    emulatorUrl: 'http://127.0.0.1:9',
    automations: known,
  });
  const source = `${url}/sources/orders`;
  expect(await read(`${source}/orders/A%201`)).toEqual({ id: 'A 1', total: '5.00' });
  expect(await (await post(`${source}/search?page=2`, { of: 'x' })).json()).toEqual({ of: 'x', page: '2' });
  expect((await fetch(`${source}/orders/none`)).status).toBe(404);
  expect((await fetch(`${source}/other`)).status).toBe(404);

  await post(`${source}/answers`, { 'orders/A 1': { id: 'A 1', total: '9.00' }, 'orders/A-2': null });
  expect(await read(`${source}/orders/A%201`)).toEqual({ id: 'A 1', total: '9.00' });
  expect((await fetch(`${source}/orders/A-2`)).status).toBe(404);
  expect(await read(`${source}/orders/A-3`)).toEqual({ id: 'A-3', total: '5.00' });
  const calls = (await read(`${source}/calls`)) as { path: string }[];
  expect(calls.map(({ path }) => path)).toContain('/search?page=2');

  await post(`${source}/faults`, { mode: 'down', seconds: 60 });
  expect((await fetch(`${source}/orders/A-3`)).status).toBe(503);
  await close();
});
