import { beforeEach, describe, expect, it, vi } from 'vitest';
import { judgedSchema } from '../../lambdas/api/openapi/reports/judged-schema.ts';
import type { Grounds } from '../../lambdas/contract/item/envelope.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { documentNamesKey } from '../../lambdas/tables/keys.ts';
import { OPERATOR, through } from '../support/api.ts';
import { itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

const REGISTRY = [{ name: 'demo' }, { name: 'other' }] as RegistryEntry[];
const GROUNDS = { facts: { label: 'Billing', body: { text: 'charged twice' } } } as unknown as Grounds;

const ask = (query: Record<string, string> = {}, caller: object = OPERATOR, name = 'demo') =>
  through((event, who) => answer(event, who, REGISTRY), {
    ...{ route: 'GET /v1/automations/{name}/judged', path: `/v1/automations/${name}/judged` },
    ...{ params: { name }, query, caller: caller as never },
  });

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** A judged item, with what is kept of it; `null` is nothing. */
function judged(number: number, more: object = {}, grounds: object | null = GROUNDS): string {
  const id = `demo_${String(number).padStart(32, '0')}`;
  const receivedAt = new Date(time.at - 3_600_000 + number * 1000).toISOString();
  const proposalKey = `items/${id}/proposal-g1-0.json`;
  const row = itemRow({
    ...{ id, receivedAt, order: `${receivedAt}#${number}`, status: 'done', verdict: 'act', proposalKey },
    ...more,
  });
  world.tables.put('items', row);
  if (grounds) world.content.set(`bucket/${proposalKey}`, JSON.stringify({ grounds }));
  return id;
}

describe('what the gate was given', () => {
  it('is told of each judged item, the oldest first, with what people said', async () => {
    const first = judged(1);
    const asked = judged(2, { verdict: 'ask', approvalId: 'question' });
    const edited = judged(3, { verdict: 'ask', approvalId: 'edited' });
    const open = judged(4, { verdict: 'ask', approvalId: 'open' });
    const decided = { status: 'decided', decision: 'approve' };
    world.tables.put('approvals', { id: 'question', ...decided });
    world.tables.put('approvals', { id: 'edited', ...decided, edits: [{ field: 'amount' }] });
    world.tables.put('approvals', { id: 'open', status: 'pending' });

    const { status, body } = await ask();

    expect(status).toBe(200);
    expect(judgedSchema.parse(body)).toEqual(body);
    expect(body.items.map(({ id, decision }: { id: string; decision?: string }) => [id, decision])).toEqual([
      [first, undefined],
      [asked, 'approve'],
      [edited, 'approve with edits'],
      [open, undefined],
    ]);
    expect(body.items[0].grounds).toEqual(GROUNDS);
    expect(body.skipped).toBe(0);
  });

  it('leaves out what is not judged, what has ended, and what was kept by an earlier version, and counts it', async () => {
    judged(1, { verdict: undefined, status: 'processing' }, null);
    judged(2, {}, null);
    const kept = judged(4);
    const { body } = await ask();
    expect([body.items.map(({ id }: { id: string }) => id), body.skipped]).toEqual([[kept], 2]);
  });

  it('comes in parts that one reply can hold, each item once', async () => {
    const large = { facts: { label: 'Billing', body: { text: 'x'.repeat(1_500_000) } } };
    const ids = Array.from({ length: 7 }, (_, at) => judged(at + 1, {}, large));
    const met: string[] = [];
    let cursor: string | undefined;
    let parts = 0;
    do {
      const { body } = await ask(cursor === undefined ? {} : { cursor });
      met.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.cursor;
      parts += 1;
    } while (cursor !== undefined && parts < 20);
    expect(met).toEqual(ids);
    expect(parts).toBeGreaterThan(1);
  });

  it('comes with what was read of documents where that is asked for, kept, and no larger than a reply', async () => {
    const document = (key: string) => ({
      ref: key,
      bytes: 1,
      status: 'read',
      readingKey: `items/demo/${key}.json`,
    });
    const reading = (text: string) => ({
      type: 'pdf',
      pages: [{ text, words: [], source: 'text' }],
      suspicions: [],
    });
    const read = (number: number, key: string, text: string) => {
      const id = judged(number, { documents: [document(key)] });
      world.content.set(`bucket/${documentNamesKey(id)}`, JSON.stringify([{ ref: key, name: 'bill.pdf' }]));
      world.content.set(`bucket/items/demo/${key}/text.json`, JSON.stringify(reading(text)));
    };
    read(1, 'a', 'Total 12.00');
    read(2, 'b', 'x'.repeat(6_000_000));
    judged(3, { documents: [document('gone')] });
    judged(4);
    const { status, body } = await ask({ readings: 'true' });
    expect(status).toBe(200);
    expect(judgedSchema.parse(body)).toEqual(body);
    expect(body.items.map((it: { readings?: unknown }) => it.readings)).toEqual([
      [{ ref: 'a', name: 'bill.pdf', reading: reading('Total 12.00') }],
      ...[undefined, undefined, undefined],
    ]);
    expect((await ask()).body.items[0]).not.toHaveProperty('readings');
    expect((await ask({ readings: 'yes' })).status).toBe(400);
  });

  it('is for operators alone, of an automation that there is, and of a time that there was', async () => {
    expect((await ask({}, AUDITOR)).status).toBe(403);
    expect((await ask({}, OPERATOR, 'nobody')).status).toBe(404);
    expect((await ask({ from: '2999-01-01T00:00:00Z' })).status).toBe(400);
    expect((await ask({ cursor: 'abc' })).body.errors).toEqual([
      { pointer: '/cursor', message: "must be the 'cursor' of an earlier page" },
    ]);
  });
});
