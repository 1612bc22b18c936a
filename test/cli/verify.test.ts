import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api, folder, run } from './harness.ts';
import { done } from './recorded.ts';

const PATH = `GET /v1/items/${done.id}`;
const RECEIPT = {
  number: 3,
  digest: 'a'.repeat(64),
  generation: 1,
  status: 'done',
  at: '2026-11-27T09:00:00.000Z',
};
const OK = { item: done.id, verdict: 'ok', receipts: [RECEIPT], differences: [], notes: [] };
const BAD = {
  ...OK,
  verdict: 'differs',
  differences: ['row: verdict differs'],
  notes: ['content: erased at noon'],
};
const DAY = { day: '2026-11-27', state: 'rooted', differences: [], notes: [] };

describe('verify', () => {
  it('says that an item is what was recorded', async () => {
    api.answers[`${PATH}/verification`] = { body: OK };
    const { code, out } = await run(['verify', done.id]);
    expect(code).toBe(0);
    expect(out).toContain(`${done.id}  ok`);
    expect(out).toContain(`receipt 3: done at 2026-11-27T09:00:00.000Z, ${'a'.repeat(64)}`);
  });

  it('names what differs, and ends with 1', async () => {
    api.answers[`${PATH}/verification`] = { body: BAD };
    const { code, out, err } = await run(['verify', done.id]);
    expect(code).toBe(1);
    expect(out).toContain('differs  row: verdict differs');
    expect(out).toContain('note     content: erased at noon');
    expect(err).toContain('1 difference: this is not what was recorded');
  });

  it('walks a day and compares its items, or the chain alone', async () => {
    api.answers['GET /v1/receipts/2026-11-27'] = { body: { ...DAY, receipts: 1, items: [done.id] } };
    api.answers[`${PATH}/verification`] = { body: BAD };
    const whole = await run(['verify', '2026-11-27']);
    expect([whole.code, api.calls.length]).toEqual([1, 2]);
    expect(whole.out).toContain('2026-11-27  1 receipt, under its root');
    expect(whole.out).toContain('row: verdict differs');
    api.calls.length = 0;
    const chain = await run(['verify', '2026-11-27', '--chain', '--json']);
    expect([chain.code, api.calls.length]).toEqual([0, 1]);
    expect(JSON.parse(chain.out)).toEqual({ ...DAY, receipts: 1, items: [done.id], verified: [] });
  });
});

describe('verify of a day of which a receipt is gone', () => {
  it('says so once, and not of the items beside it', async () => {
    const differences = ['chain of demo: receipt 2: missing', 'item demo_1: done, and its receipt is gone'];
    const body = { ...DAY, receipts: 1, items: [done.id], differences };
    api.answers['GET /v1/receipts/2026-11-27'] = { body };
    api.answers[`${PATH}/verification`] = { body: { ...BAD, differences: differences.slice(0, 1) } };
    const { code, out, err } = await run(['verify', '2026-11-27']);
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => line.includes('differs'))).toEqual(
      differences.map((line) => `  differs  ${line}`),
    );
    expect(err).toContain('2 differences');
  });
});

describe('verify of a day before the first receipt', () => {
  it('does not wait for a root of it', async () => {
    const notes = ['2026-11-01: the first receipt is of 2026-11-20'];
    const body = { ...DAY, day: '2026-11-01', state: 'before', receipts: 0, items: [], notes };
    api.answers['GET /v1/receipts/2026-11-01'] = { body };
    const { code, out } = await run(['verify', '2026-11-01']);
    expect([code, out.split('\n')]).toEqual([
      ...[0, ['2026-11-01  0 receipts, nothing was recorded by then', `  note     ${notes[0]}`]],
    ]);
  });
});

describe('export', () => {
  it('writes one file for nobody else to read, with the documents inside', async () => {
    const url = `${api.url}/documents/1`;
    api.answers['GET /documents/1'] = { body: { a: 'picture' } };
    const documents = [{ ref: 'doc-1', name: 'bill.png', sha256: 'b'.repeat(64), url }];
    const body = { verified: OK, receipts: [{ record: '{}', digest: 'c' }], documents };
    api.answers[`${PATH}/export`] = { body };
    const to = join(folder, 'item.json');
    const { code, out } = await run(['export', done.id, '--to', to]);
    expect([code, out]).toEqual([0, `${to}: 1 receipt, 1 document, ok`]);
    const file = JSON.parse(readFileSync(to, 'utf8'));
    expect(JSON.parse(Buffer.from(file.documents[0].base64, 'base64').toString())).toEqual({ a: 'picture' });
    expect(file.documents[0]).not.toHaveProperty('url');
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  it('names --to where nothing can be written, before content leaves the house', async () => {
    const to = join(folder, 'absent', 'item.json');
    const { code, err } = await run(['export', done.id, '--to', to]);
    expect([code, err]).toEqual([2, `'${to}' cannot be written (ENOENT): name another file with --to`]);
    expect(api.calls).toEqual([]);
  });

  it('is written where npm was called, under a name that git ignores', async () => {
    const body = { verified: OK, receipts: [], documents: [] };
    api.answers[`${PATH}/export`] = { body };
    const env = { npm_lifecycle_event: 'signalbox', INIT_CWD: folder };
    const { out } = await run(['export', done.id], { env });
    const name = out.split(':')[0] ?? '';
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toEqual(body);
    expect(name).toMatch(/^signalbox-[^/]+\.json$/);
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('signalbox-*.json');
  });
});
