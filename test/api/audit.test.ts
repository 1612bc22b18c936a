import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { auditSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import { apiHandler } from '../../lambdas/kit/http.ts';
import { OPERATOR, request, SHOP } from '../support/api.ts';
import { keep, later, record } from '../support/audit.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
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

const NOW = '2026-12-01T09:00:00.000Z';

const story = (given: Parameters<typeof record>[1] = {}) =>
  record(
    [
      { event: 'asked', after: 0, to: 'leads' },
      {
        ...{ event: 'approved', after: 100, by: 'ann@example.com', channel: 'mail', activeSeconds: 41 },
        ...{ authenticatedBy: 'mailed link', openedAt: later(59), digest: 'e'.repeat(64) },
      },
      {
        ...{ event: 'decided', after: 100, by: 'ann@example.com', decision: 'approve', comment: '=1+1' },
        edits: [{ field: 'amount', from: '24.90', to: '20.00' }],
      },
    ],
    given,
  );

/** The file, which `through` would read as JSON. */
async function file(query: Record<string, string> = {}) {
  const handler = apiHandler((event, who) => answer(event, who, []));
  const event = request({ route: 'GET /v1/audit', query: { ...query, format: 'csv' }, caller: AUDITOR });
  const { statusCode, headers = {}, body = '' } = await handler(event);
  return { statusCode, headers, body };
}

describe('the record', () => {
  it('is told as it is, in order, in the shape it promises', async () => {
    keep(...story().toReversed());

    const { status, headers, body } = await get('audit', {}, AUDITOR);

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ from: '2026-11-01T09:00:00.000Z', to: NOW, entries: story() });
    expect(auditSchema.parse(body)).toEqual(body);
  });

  it('is of the time that was asked for: its beginning and not its end', async () => {
    keep(...story());

    const { body } = await get('audit', { from: later(0), to: later(100) });

    expect(body.entries.map(({ event }: { event: string }) => event)).toEqual(['asked']);
  });

  it('without a beginning is of the thirty days before its end, and never of the future', async () => {
    const ends = await Promise.all(
      [{ to: '2026-11-01T00:00:00Z' }, { to: '2099-01-01T00:00:00Z' }].map((query) => get('audit', query)),
    );

    expect(ends.map(({ body }) => [body.from, body.to])).toEqual([
      ['2026-10-02T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
      ['2026-11-01T09:00:00.000Z', NOW],
    ]);
  });

  it('can be of one automation, also of one that is no longer there', async () => {
    keep(...story(), ...story({ id: 'other-g1', automation: 'other' }), ...story({ automation: 'gone' }));

    const { body } = await get('audit', { automation: 'other' });
    expect(new Set(body.entries.map(({ approvalId }: { approvalId: string }) => approvalId))).toEqual(
      new Set(['other-g1']),
    );
    expect((await get('audit', { automation: 'gone' })).body.entries).toHaveLength(3);
  });

  it('says when there is no such automation and never was', async () => {
    expect((await get('audit', { automation: 'demo' })).body.entries).toEqual([]);
    expect(await get('audit', { automation: 'dmeo' })).toMatchObject({
      status: 404,
      body: { detail: "there is no record of an automation 'dmeo'; there are: demo, other" },
    });
  });

  it('that does not fit into one answer goes on where it was cut, and comes whole', async () => {
    const long = 'word '.repeat(100_000);
    for (let at = 0; at < 12; at += 1) {
      keep(...record([{ event: 'asked', after: at, comment: `${long}${at}` }], { id: `q${at}` }));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await get('audit', cursor ? { cursor } : {});
      expect(JSON.stringify(JSON.stringify(body)).length).toBeLessThan(6_000_000);
      seen.push(...body.entries.map(({ approvalId }: { approvalId: string }) => approvalId));
      cursor = body.cursor;
      pages += 1;
    } while (cursor);

    expect(seen).toEqual(Array.from({ length: 12 }, (_, at) => `q${at}`));
    expect(pages).toBe(2);
  });

  it('of many small entries is cut too, and a page may hold none of those asked for', async () => {
    for (let at = 0; at < 4001; at += 1) {
      const [entry] = record([{ event: 'asked', after: 0 }], { id: `q${String(at).padStart(5, '0')}` });
      if (entry) keep({ ...entry, automation: at === 4000 ? 'gone' : 'demo' });
    }
    const first = await get('audit', { automation: 'gone' });
    const second = await get('audit', { automation: 'gone', cursor: first.body.cursor });

    expect([first.body.entries.length, first.body.cursor.length > 10]).toEqual([0, true]);
    expect([second.body.entries.length, second.body.cursor]).toEqual([1, undefined]);
  });
});

describe('the record as a file', () => {
  it('is CSV with a name', async () => {
    keep(...story());

    const { statusCode, headers, body } = await file();

    expect(statusCode).toBe(200);
    expect(headers).toEqual({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="signalbox-audit-2026-11-01-2026-12-01.csv"',
      'cache-control': 'no-store',
    });
    expect(body.split('\r\n')).toHaveLength(5);
    expect(body).toContain("approve,'=1+1,amount: 24.90 -> 20.00,");
  });

  it('leads to the rest in its Link header where it was cut', async () => {
    for (let at = 0; at < 4002; at += 1) keep(...record([{ event: 'asked', after: 0 }], { id: `q${at}` }));

    const first = await file({ from: '2026-12-01T00:00:00Z' });
    const [, link = ''] = /^<(.+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    const query = Object.fromEntries(new URL(link, 'http://api').searchParams);
    const { format, ...rest } = query;
    const second = await file(rest);

    expect(format).toBe('csv');
    expect([first, second].map(({ body }) => body.trimEnd().split('\r\n').length - 1)).toEqual([4000, 2]);
    expect(second.headers).not.toHaveProperty('link');
  });
});

describe('who reads the record', () => {
  it.each([SHOP, { ...SHOP, role: 'Operator' }, { ...SHOP, role: 'approver' }, { ...AUDITOR, role: '' }])(
    'is not %j',
    async (caller) => {
      keep(...story());

      expect(await get('audit', {}, caller)).toMatchObject({
        status: 403,
        body: { detail: 'this needs a token with the role operator or auditor' },
      });
      expect(world.calls).toEqual([]);
    },
  );

  it('sees the automations of their token alone', async () => {
    keep(...story(), ...story({ id: 'other-g1', automation: 'other' }));
    const caller = { ...AUDITOR, automations: 'other' };

    expect((await get('audit', {}, caller)).body.entries).toHaveLength(3);
    expect((await get('audit', { automation: 'demo' }, caller)).status).toBe(403);
  });

  it('is nobody without a token', async () => {
    expect((await get('audit', {}, {})).status).toBe(401);
  });
});

describe('a query of the record', () => {
  it.each([
    [{ from: 'yesterday' }, '/from', /ISO 8601/],
    [{ to: '2026-12-01' }, '/to', /ISO 8601/],
    [{ from: '2026-12-01T09:00:00Z' }, '/from', /must be before 2026-12-01T09:00:00.000Z/],
    [{ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }, '/from', /must be before/],
    [
      { from: '2025-01-01T00:00:00Z' },
      '/from',
      /must be at most 400 days before the end, which is 2026-12-01/,
    ],
    [{ from: '0000-01-01T00:00:00+23:59', to: '0000-01-02T00:00:00Z' }, '/from', /must be before 0000/],
    [{ format: 'xml' }, '/format', /must be one of json, csv/],
    [{ automation: 'No Such' }, '/automation', /must be the name of an automation/],
    [{ cursor: 'AAAA' }, '/cursor', /'cursor' of an earlier page/],
    [{ cursor: Buffer.from('2026-12-01T00:00:00.000Z#item-1').toString('base64url') }, '/cursor', /earlier/],
    [{ limit: '5' }, '/limit', /unknown parameter/],
  ])('is refused with its fault named: %j', async (query, pointer, message) => {
    const { status, body } = await get('audit', query as Record<string, string>);

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });

  it('is answered or refused, never a failure, whatever it holds', async () => {
    keep(...story());
    const when = fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom('0000-01-01T00:00:00+23:59', '0000-01-02T00:00:00Z', '9999-12-31T23:59:59-23:59'),
      fc.string(),
    );
    const query = fc.record({ from: when, to: when }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        expect([200, 400]).toContain((await get('audit', given, OPERATOR)).status);
      }),
      { numRuns: 300 },
    );
  });
});
