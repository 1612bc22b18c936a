import { beforeEach, describe, expect, it, vi } from 'vitest';
import { casesSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import { OPERATOR, SHOP } from '../support/api.ts';
import { keep, record } from '../support/audit.ts';
import { itemRow } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import { AUDITOR, get } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const EDITS = [{ field: 'amount', from: '24.90', to: '20.00' }];

interface Case {
  name: string;
  origin: { approvalId: string };
}

/** A decision about an item of its own, whose body is null where it is no longer kept. */
function decided(
  id: string,
  decision: 'approve' | 'reject' | 'again',
  more: object = {},
  given: Parameters<typeof record>[1] = {},
  body: unknown = { text: `the words of ${id}` },
): void {
  const entry = { event: 'decided' as const, after: 60, decision, by: 'ann@example.com', ...more };
  keep(...record([entry], { id, itemId: `item-${id}`, ...given }));
  if (body !== null) world.content.set(`bucket/items/item-${id}/body.json`, JSON.stringify(body));
}

const cases = (query: Record<string, string> = {}, caller: object = OPERATOR) =>
  get('cases', { automation: 'demo', ...query }, caller);
const ids = (body: { cases: Case[] }) => body.cases.map(({ origin }) => origin.approvalId);

describe('cases out of decisions', () => {
  it('are what was edited, rejected or sent back, with what was sent in and why', async () => {
    decided('edited', 'approve', { edits: EDITS });
    decided('rejected', 'reject', { comment: 'not our shop' });
    decided('back', 'again', { comment: 'read the date' });
    decided('agreed', 'approve', { edits: [] });

    const { status, body } = await cases();

    expect(status).toBe(200);
    expect(casesSchema.parse(body)).toEqual(body);
    expect(body.skipped).toBe(0);
    expect(body.cases).toContainEqual({
      name: 'edited by a person: edited',
      body: { text: 'the words of edited' },
      label: 'Billing',
      verdict: 'ask',
      origin: {
        ...{ approvalId: 'edited', decision: 'approve', edits: EDITS },
        promptVersions: ['route.v1', 'reply.v2'],
      },
    });
    expect(
      body.cases.map(({ name, origin }: { name: string; origin: object }) => ({ name, origin })),
    ).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'rejected by a person: rejected' }),
        expect.objectContaining({
          name: 'sent back by a person: back',
          origin: expect.objectContaining({ decision: 'again', edits: [], comment: 'read the date' }),
        }),
      ]),
    );
    expect(ids(body).sort()).toEqual(['back', 'edited', 'rejected']);
    expect(JSON.stringify(body)).not.toContain('ann@');
  });

  it('have the input that was decided about, where an operator has replaced it before or since', async () => {
    const edit = (generation: number) => ({
      at: '2026-12-01T08:30:00.000Z',
      event: 'redriven',
      generation,
      edited: true,
    });
    const told = { since: [2], before: [1], between: [1, 3], never: [] };
    for (const [id, edits] of Object.entries(told)) {
      decided(id, 'reject');
      const bodyKey = `items/item-${id}/body-x.json`;
      world.tables.put('items', itemRow({ id: `item-${id}`, bodyKey, timeline: edits.map(edit) }));
      world.content.set(`bucket/${bodyKey}`, '{"text":"given by an operator"}');
    }

    const { body } = await cases();

    const bodies = body.cases.map((it: Case & { body: { text: string } }) => [
      it.origin.approvalId,
      it.body.text,
    ]);
    expect(Object.fromEntries(bodies)).toEqual({
      since: 'the words of since',
      before: 'given by an operator',
      never: 'the words of never',
    });
    expect(body.skipped).toBe(1);
  });

  it('are not made of decisions that were taken back, of expiries, of other automations, or of bait', async () => {
    decided('undone', 'reject');
    keep(...record([{ event: 'undone', after: 70 }], { id: 'undone', itemId: 'item-undone' }));
    keep(...record([{ event: 'expired', after: 70 }], { id: 'expired' }));
    decided('foreign', 'reject', {}, { automation: 'other' });
    decided('bait', 'reject', {}, { attentionCheck: { why: 'known to be bad' } });

    expect((await cases()).body).toEqual({ cases: [], skipped: 0 });
    expect(world.calls).not.toContain('s3 GetObject');
  });

  it('are left out, and counted, where what was sent in is no longer kept', async () => {
    decided('a', 'reject');
    decided('b', 'reject', {}, {}, null);

    const { body } = await cases();

    expect([ids(body), body.skipped]).toEqual([['a'], 1]);
  });

  it('are not left out because the bucket is slow: the call fails and can be repeated', async () => {
    decided('a', 'reject');
    world.fault = (call) => {
      if (call.startsWith('s3')) throw named('TransientError');
    };

    expect((await cases()).status).toBe(500);
  });

  it('are of the decisions since a time', async () => {
    decided('old', 'reject', {}, { createdAt: '2026-10-01T00:00:00.000Z' });
    decided('new', 'reject');

    expect(ids((await cases()).body)).toEqual(['new']);
    expect(ids((await cases({ from: '2026-09-01T00:00:00Z' })).body)).toEqual(['old', 'new']);
  });

  it.each([
    ['are long', 8, { text: 'x"'.repeat(400_000) }],
    ['are many', 450, { text: 'short' }],
  ])('that %s come in several answers, each once', async (_words, many, body) => {
    const all = Array.from({ length: many }, (_, at) => `q${String(at).padStart(4, '0')}`);
    for (const [at, id] of all.entries()) decided(id, 'reject', { after: at }, {}, at === 3 ? null : body);
    const seen: string[] = [];
    let skipped = 0;
    let cursor: string | undefined;
    let pages = 0;
    do {
      const answer = await cases(cursor ? { cursor } : {});
      expect(JSON.stringify(JSON.stringify(answer.body)).length).toBeLessThan(6_000_000);
      seen.push(...ids(answer.body));
      skipped += answer.body.skipped;
      cursor = answer.body.cursor;
      pages += 1;
    } while (cursor);

    expect(seen).toEqual(all.filter((_, at) => at !== 3));
    expect(skipped).toBe(1);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('cases behind many other entries', () => {
  it('are found by going on', async () => {
    for (let at = 0; at < 10_000; at += 1)
      keep(...record([{ event: 'claimed', after: 0 }], { id: `q${at}` }));
    decided('last', 'reject');

    const first = await cases();
    const second = await cases({ cursor: first.body.cursor });

    expect([ids(first.body), ids(second.body)]).toEqual([[], ['last']]);
    expect(second.body).not.toHaveProperty('cursor');
  });
});

describe('who reads cases', () => {
  it.each([SHOP, AUDITOR])('is not %j: they hold what customers wrote', async (caller) => {
    decided('a', 'reject');

    expect(await cases({}, caller)).toMatchObject({
      status: 403,
      body: { detail: 'this needs a token with the role operator' },
    });
    expect(world.calls).toEqual([]);
  });

  it('is an operator of that automation', async () => {
    const caller = { ...OPERATOR, automations: 'other' };

    expect((await cases({}, caller)).status).toBe(403);
    expect((await cases({ automation: 'other' }, caller)).status).toBe(200);
    expect(await cases({ automation: 'gone' })).toMatchObject({
      status: 404,
      body: { detail: "there is no automation 'gone'; there are: demo, other" },
    });
  });
});

describe('a query of cases', () => {
  it.each([
    [{ from: 'yesterday' }, '/from', /ISO 8601/],
    [{ from: '2027-01-01T00:00:00Z' }, '/from', /must be before/],
    [{ automation: '../x' }, '/automation', /must be the name of an automation/],
    [{ cursor: 'x' }, '/cursor', /earlier page/],
    [{ to: 'x' }, '/to', /unknown parameter/],
  ])('is refused with its fault named: %j', async (query, pointer, message) => {
    const { status, body } = await cases(query as Record<string, string>);

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });

  it('needs an automation', async () => {
    expect((await get('cases')).body.errors).toEqual([
      {
        pointer: '/automation',
        message: expect.stringMatching(/^is missing: must be the name of an automation; there are: /),
      },
    ]);
  });
});
