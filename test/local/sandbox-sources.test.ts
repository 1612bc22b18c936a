import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;
beforeAll(async () => {
  world = await SandboxWorld.start();
});
afterAll(() => world.close());

/** One that no test before has used. */
const fresh = () =>
  `${world.sandbox.url}/sources/s-${createHash('md5').update(String(Math.random())).digest('hex').slice(0, 8)}`;
const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
const read = async (url: string) => (await fetch(url, { headers: { authorization: 'Bearer x' } })).json();

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
