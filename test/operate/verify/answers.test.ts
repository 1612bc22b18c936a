import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  exportSchema,
  receiptSchema,
  verifiedDaySchema,
  verifiedSchema,
} from '../../../lambdas/api/openapi/receipt-schemas.ts';
import { canonicalJson, digest, sha256 } from '../../../lambdas/kit/digest.ts';
import { answer } from '../../../lambdas/operate/verify/verify.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { type Answered, OPERATOR, type Request, SHOP, through } from '../../support/api.ts';
import { ENV, itemRow } from '../../support/fixtures.ts';
import { approved, change, doneAlone, idOf, refused, WORDS } from '../../support/receipts.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/bucket/wire.ts', () => ({
  presigned: async (bucket: string, key: string) => `https://${bucket}.example/${key}`,
}));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const AUDITOR = { client: 'audit', automations: 'demo', role: 'auditor' };
const STRANGER = { client: 'other', automations: 'demo', role: 'client' };
const ELSEWHERE = { client: 'audit', automations: 'other', role: 'auditor' };

beforeEach(async () => {
  world.reset();
  time.freeze();
  await chainOutcomes([await approved('1'), await doneAlone('2')], ENV);
});

type Part = 'receipt' | 'verification' | 'export';

function get(id: string, part: Part, caller: Request['caller'] = OPERATOR): Promise<Answered> {
  return through((event, who) => answer(event, who, [], ENV), {
    ...{ route: `GET /v1/items/{id}/${part}`, path: `/v1/items/${id}/${part}`, params: { id } },
    caller: caller ?? null,
  });
}

function day(of: string, caller: Request['caller'] = OPERATOR, query: Record<string, string> = {}) {
  return through((event, who) => answer(event, who, [], ENV), {
    ...{ route: 'GET /v1/receipts/{day}', path: `/v1/receipts/${of}`, params: { day: of }, query },
    caller: caller ?? null,
  });
}

describe('the receipt of an item', () => {
  it('is for its client, for operators and for auditors, and hashes to its digest', async () => {
    for (const caller of [SHOP, OPERATOR, AUDITOR]) {
      const { status, body } = await get(idOf('2'), 'receipt', caller);
      expect(status).toBe(200);
      const { digest: named, earlier, ...record } = receiptSchema.parse(body);
      expect([sha256(canonicalJson(record)), earlier]).toEqual([named, []]);
    }
    const [one, two] = await Promise.all([get(idOf('1'), 'receipt'), get(idOf('2'), 'receipt')]);
    expect(two.body.previous).toBe(one.body.digest);
  });

  it('is as absent for others as one that never was', async () => {
    for (const [id, caller] of [
      [idOf('1'), STRANGER],
      [idOf('1'), ELSEWHERE],
      [idOf('9'), OPERATOR],
      ['x'.repeat(300), OPERATOR],
    ] as const)
      expect((await get(id, 'receipt', caller)).status).toBe(404);
  });

  it('is that of the last outcome, and names those before', async () => {
    const row = itemRow({
      id: idOf('2'),
      status: 'parked',
      generation: 2,
      updatedAt: '2026-12-01T10:00:00.000Z',
    });
    await chainOutcomes([change({ status: 'processing' }, row)], ENV);
    const { body } = await get(idOf('2'), 'receipt');
    expect([body.status, body.earlier]).toEqual([
      'parked',
      [expect.objectContaining({ status: 'done', generation: 1 })],
    ]);
  });
});

describe('the verification of an item and of a day', () => {
  it('is for operators and auditors of its automation', async () => {
    expect(verifiedSchema.parse((await get(idOf('1'), 'verification', AUDITOR)).body).verdict).toBe('ok');
    expect((await get(idOf('1'), 'verification', SHOP)).status).toBe(403);
    expect((await get(idOf('1'), 'verification', ELSEWHERE)).status).toBe(404);
    expect((await get(idOf('9'), 'verification', AUDITOR)).status).toBe(404);
  });

  it('tells a day, part by part, to whom its automations are open', async () => {
    expect(verifiedDaySchema.parse((await day('2026-12-01', AUDITOR)).body)).toMatchObject({
      ...{ receipts: 2, state: 'open', differences: [] },
    });
    expect((await day('2026-12-01', ELSEWHERE)).body.items).toEqual([]);
    expect((await day('2026-12-01', SHOP)).status).toBe(403);
    expect((await day('yesterday')).status).toBe(400);
    expect((await day('2026-12-02')).status).toBe(400);
    expect((await day('2026-12-01', OPERATOR, { cursor: 'abc' })).status).toBe(400);
  });

  it('goes on by a cursor that is good for this caller and day alone', async () => {
    await chainOutcomes(await Promise.all(Array.from({ length: 600 }, (_, at) => refused(`x${at}`))), ENV);
    const first = await day('2026-12-01');
    expect(first.body.receipts).toBe(500);
    const query = { cursor: first.body.cursor };
    expect((await day('2026-12-01', OPERATOR, query)).body).toMatchObject({ receipts: 102, differences: [] });
    expect((await day('2026-11-30', OPERATOR, query)).status).toBe(400);
    expect((await day('2026-12-01', AUDITOR, query)).status).toBe(400);
  });
});

describe('an export', () => {
  it('is for operators alone, and on record before it is given', async () => {
    for (const caller of [SHOP, AUDITOR]) expect((await get(idOf('1'), 'export', caller)).status).toBe(403);
    expect((await get(idOf('1'), 'export')).status).toBe(200);
    expect(world.tables.all('audit')).toContainEqual(
      expect.objectContaining({ event: 'command', command: 'export', by: 'ops', itemId: idOf('1') }),
    );
  });

  it('of what never was is not said to be gone, and puts nothing on record', async () => {
    const detail = `there is no item '${idOf('9')}'`;
    expect(await get(idOf('9'), 'export')).toMatchObject({ status: 404, body: { detail } });
    world.tables.rows('items').delete(idOf('1'));
    expect((await get(idOf('1'), 'export')).body.detail).toContain('its receipts are what is left');
    expect(world.tables.all('audit')).not.toContainEqual(expect.objectContaining({ command: 'export' }));
  });

  it('holds all that is needed to make every digest again, and no signature of ours', async () => {
    const { body } = await get(idOf('1'), 'export');
    const { salt, input, receipts, proposal, documents, audit, verified } = exportSchema.parse(body);
    const [one] = receipts;
    const record = receiptSchema.parse({
      ...JSON.parse(one?.record ?? ''),
      digest: one?.digest,
      earlier: [],
    });
    const salted = (value: unknown) =>
      createHmac('sha256', salt.value ?? '')
        .update(canonicalJson(value))
        .digest('hex');
    expect(sha256(one?.record ?? '')).toBe(one?.digest);
    expect(input).toEqual([{ name: 'body.json', value: { text: WORDS } }]);
    expect(record.input).toEqual([{ name: 'body.json', digest: salted(input[0]?.value) }]);
    expect(record.proposal?.digest).toBe(digest(proposal));
    expect(record.documents?.[0]?.digest).toBe(salted(documents[0]?.sha256));
    expect(documents[0]?.url).toBe(`https://uploads.example/documents/${idOf('1')}/doc-1`);
    expect(audit.map(({ order }) => order)).toEqual(record.approval?.audit.map(({ name }) => name));
    expect(verified.verdict).toBe('ok');
    expect(body.approval).not.toHaveProperty('seal');
  });
});
