import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';

/* Destinations with an API of their own, and what sources answer, as the sandbox plays them. */

const folder = mkdtempSync(join(tmpdir(), 'signalbox-apis-'));
const KNOWN = `export const sandbox = {
  steps: {},
  apis: {
    payments: ({ method, path, query, body }) =>
      path === '/v1/refunds' ? { status: method === 'GET' ? 200 : 201, body: { query, got: body } } : undefined,
  },
  sources: { orders: { 'orders/A-1': { total: '24.90' } } },
};
`;

let sandbox: Sandbox;
beforeAll(async () => {
  mkdirSync(join(folder, 'refunds'));
  writeFileSync(join(folder, 'refunds', 'sandbox.ts'), KNOWN);
  sandbox = await startSandbox({ port: 0, emulatorUrl: 'http://127.0.0.1:9', automations: folder });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const at = (path: string) => `${sandbox.url}/destinations/${path}`;
const form = { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': 'k-1' };
const refund = () => fetch(at('payments/v1/refunds'), { method: 'POST', headers: form, body: 'charge=ch_1' });
const calls = async (name: string) => (await (await fetch(at(`${name}/calls`))).json()) as object[];
const fault = (name: string, mode: string) =>
  fetch(at(`${name}/faults`), { method: 'POST', body: JSON.stringify({ mode, seconds: 60 }) });

it('answers as the automation says, and keeps the calls that write', async () => {
  const asked = await fetch(at('payments/v1/refunds?charge=ch_1'));
  expect(await asked.json()).toEqual({ query: { charge: 'ch_1' }, got: '' });
  const made = await refund();
  expect([made.status, await made.json()]).toEqual([201, { query: {}, got: { charge: 'ch_1' } }]);
  expect(await calls('payments')).toEqual([
    {
      ...{ at: expect.any(String), idempotencyKey: 'k-1', item: null, body: { charge: 'ch_1' } },
      ...{ duplicate: false, request: 'POST /v1/refunds' },
    },
  ]);
  await refund();
  expect(await calls('payments')).toMatchObject([{ duplicate: false }, { duplicate: true }]);
});

it('gives sources the answers that the automation says, until somebody sets others', async () => {
  const source = `${sandbox.url}/sources/orders`;
  const read = async (path: string) => {
    const answer = await fetch(`${source}/${path}`);
    return answer.ok ? await answer.json() : answer.status;
  };
  expect([await read('orders/A-1'), await read('orders/A-2')]).toEqual([{ total: '24.90' }, 404]);
  await fetch(`${source}/answers`, { method: 'POST', body: JSON.stringify({ 'orders/A-1': null }) });
  expect(await read('orders/A-1')).toBe(404);
});

it('takes everything and finds nothing where nobody says what it answers', async () => {
  expect((await fetch(at('crm/contacts/7'))).status).toBe(404);
  const made = await fetch(at('crm/contacts/7'), { method: 'PATCH', body: '{}' });
  expect(await made.json()).toEqual({ id: 'crm-000001', reference: 'crm-000001' });
  expect(await calls('crm')).toMatchObject([{ request: 'PATCH /contacts/7', body: {} }]);
});

it('gives tokens to whoever asks', async () => {
  const token = await fetch(at('erp/token'), { method: 'POST', body: 'grant_type=client_credentials' });
  expect(await token.json()).toMatchObject({ access_token: 'sandbox', token_type: 'Bearer' });
});

it('is down, refuses, or loses its answer, as it is told', async () => {
  const before = await calls('payments');
  await fault('payments', 'down');
  expect([(await refund()).status, (await fetch(at('payments/v1/refunds'))).status]).toEqual([503, 503]);
  await fault('payments', 'refuse');
  expect((await refund()).status).toBe(422);
  expect(await calls('payments')).toEqual(before);
  await fault('payments', 'lost-answer');
  await expect(refund()).rejects.toThrow();
  expect(await calls('payments')).toHaveLength(before.length + 1);
});
