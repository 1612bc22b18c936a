import { beforeEach, describe, expect, it, vi } from 'vitest';
import { calibratedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import type { Calibration } from '../../lambdas/tables/control/calibrations.ts';
import { calibrationKey } from '../../lambdas/tables/keys.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../support/api.ts';
import { keep, later, record } from '../support/audit.ts';
import { automation, itemRow, lineageEntry } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} },
}));

const registry = [automation, { ...automation, name: 'other' }].map((one) => registryEntry(one as never));

const calibrate = (body: unknown = { step: 'route' }, caller: object = OPERATOR, name = 'demo') =>
  through((event, who) => answer(event, who, registry), {
    ...{ route: 'POST /v1/automations/{name}/calibrate', path: `/v1/automations/${name}/calibrate` },
    ...{ params: { name }, caller, body },
  });

const kept = (promptVersion = 'route.v1', model = 'small') =>
  world.tables.row<Calibration>('control', calibrationKey('demo', 'route', promptVersion, model));

beforeEach(() => {
  world.reset();
  time.freeze();
});

let items = 0;

interface Decided {
  raw?: number | undefined;
  decision?: string;
  edits?: object[];
  entry?: Partial<LineageEntry>;
  automation?: string;
  attentionCheck?: boolean;
  askedAt?: string;
  undone?: boolean;
  event?: 'decided' | 'expired';
}

/** An item, and what people decided about its proposal. */
function decided(given: Decided, times = 1): void {
  for (let index = 0; index < times; index += 1) {
    items += 1;
    const {
      raw,
      decision = 'approve',
      edits,
      entry = {},
      event = 'decided',
      askedAt = '2026-11-30T08:00:00.000Z',
    } = given;
    const id = `item-${String(items).padStart(5, '0')}`;
    const sure = raw === undefined ? {} : { rawConfidence: raw };
    const at = later(-10, askedAt);
    world.tables.put('items', itemRow({ id, lineage: [lineageEntry({ at, ...sure, ...entry })] }));
    const happened = [
      { event: 'asked' as const, after: 0 },
      {
        event,
        after: 60,
        ...(event === 'decided' ? { decision, by: 'ann' } : {}),
        ...(edits ? { edits } : {}),
      },
      ...(given.undone ? [{ event: 'undone' as const, after: 70 }] : []),
    ];
    keep(
      ...record(
        happened as never,
        {
          ...{ id: `${id}-g1`, itemId: id, createdAt: askedAt, automation: given.automation ?? 'demo' },
          ...(given.attentionCheck ? { attentionCheck: { why: 'a test' } } : {}),
        } as never,
      ),
    );
  }
}

describe('a calibration by what people decided', () => {
  it('is kept for the prompt and the model, and told as it promises', async () => {
    decided({ raw: 0.9 }, 45);
    decided({ raw: 0.9, decision: 'reject' }, 5);
    decided({ raw: 0.4, decision: 'again' }, 20);

    const { status, body } = await calibrate();

    expect(status).toBe(200);
    expect(calibratedSchema.parse(body)).toEqual(body);
    const bins = [
      { above: 0.4, share: 0, count: 20 },
      { above: 0.9, share: 0.9, count: 50 },
    ];
    expect(kept()).toEqual({ id: kept()?.id, madeAt: '2026-12-01T09:00:00.000Z', bins });
    expect(body).toEqual({ automation: 'demo', step: 'route', decided: 70, made: [kept()], tooFew: [] });
  });

  it('takes an approval with a change, a rejection and a sending back as wrong', async () => {
    decided({ raw: 0.9 }, 10);
    decided({ raw: 0.9, edits: [{ field: 'amount', from: '2', to: '1' }] }, 10);
    decided({ raw: 0.9, edits: [] }, 10);

    await calibrate();

    expect(kept()?.bins).toEqual([{ above: 0.9, share: 2 / 3, count: 30 }]);
  });

  it('looks at decisions only: no test, nothing that was taken back or expired, no other automation, step or time', async () => {
    decided({ raw: 0.9 }, 20);
    for (const given of [
      { attentionCheck: true },
      { undone: true },
      { event: 'expired' as const },
      { automation: 'other' },
      { askedAt: '2026-08-01T08:00:00.000Z' },
      { entry: { step: 'reply' } },
      { raw: undefined },
    ])
      decided({ raw: 0.9, decision: 'reject', ...given }, 3);
    // The record outlives its items.
    decided({ raw: 0.9, decision: 'reject' });
    world.tables.rows('items').delete(world.tables.all('items').at(-1)?.id as string);

    await calibrate();

    expect(kept()?.bins).toEqual([{ above: 0.9, share: 1, count: 20 }]);
  });

  it('goes as far back as it is told', async () => {
    decided({ raw: 0.9, askedAt: '2026-08-20T08:00:00.000Z' }, 20);
    await calibrate({ step: 'route', days: 90 });
    expect(kept()).toBeUndefined();
    await calibrate({ step: 'route', days: 120 });
    expect(kept()?.bins).toHaveLength(1);
  });

  it('keeps prompts and models apart, also those with odd names, and says which have too few', async () => {
    decided({ raw: 0.9 }, 20);
    decided({ raw: 0.9, entry: { promptVersion: 'route.v2' } }, 19);
    decided({ raw: 0.5, decision: 'reject', entry: { model: 'a|b/c#d' } }, 20);

    const { body } = await calibrate();

    expect(kept()?.bins).toEqual([{ above: 0.9, share: 1, count: 20 }]);
    expect(kept('route.v1', 'a|b/c#d')?.bins).toEqual([{ above: 0.5, share: 0, count: 20 }]);
    expect(body.tooFew).toEqual([{ promptVersion: 'route.v2', model: 'small', answers: 19 }]);
  });

  it('judges each proposal by what was thought before it, also of an item that was sent back', async () => {
    for (let index = 0; index < 20; index += 1) {
      const id = `again-${index}`;
      const lineage = [
        lineageEntry({ at: '2026-11-30T07:59:00.000Z', rawConfidence: 0.2 }),
        lineageEntry({ at: '2026-11-30T09:00:00.000Z', rawConfidence: 0.8 }),
      ];
      world.tables.put('items', itemRow({ id, lineage }));
      for (const [generation, askedAt, decision] of [
        [1, '2026-11-30T08:00:00.000Z', 'again'],
        [2, '2026-11-30T09:00:05.000Z', 'approve'],
      ] as const)
        keep(
          ...record([{ event: 'decided', after: 60, decision, by: 'ann' }] as never, {
            ...{ id: `${id}-g${generation}`, itemId: id, createdAt: askedAt, automation: 'demo' },
          }),
        );
    }

    await calibrate();

    expect(kept()?.bins).toEqual([
      { above: 0.2, share: 0, count: 20 },
      { above: 0.8, share: 1, count: 20 },
    ]);
  });

  it('takes the answer that was used, and not a failed call beside it', async () => {
    decided({ raw: 0.7 }, 20);
    for (const row of world.tables.all('items') as never as { id: string; lineage: LineageEntry[] }[]) {
      const failed = lineageEntry({ at: row.lineage[0]?.at ?? '', failure: 'transient' });
      world.tables.put('items', { ...row, lineage: [...row.lineage, failed] });
    }
    await calibrate();
    expect(kept()?.bins).toEqual([{ above: 0.7, share: 1, count: 20 }]);
  });

  it('looks at the newest four hundred', async () => {
    decided({ raw: 0.9, decision: 'reject', askedAt: '2026-11-20T08:00:00.000Z' }, 30);
    decided({ raw: 0.9, askedAt: '2026-11-29T08:00:00.000Z' }, 400);

    const { body } = await calibrate();

    expect(body.decided).toBe(400);
    expect(kept()?.bins).toEqual([{ above: 0.9, share: 1, count: 400 }]);
  });

  it('replaces the one before, and of nothing is none', async () => {
    await calibrate();
    expect(kept()).toBeUndefined();
    decided({ raw: 0.9 }, 20);
    await calibrate();
    decided({ raw: 0.9, decision: 'reject' }, 20);
    await calibrate();
    expect(kept()?.bins).toEqual([{ above: 0.9, share: 0.5, count: 40 }]);
  });
});

describe('a request to calibrate', () => {
  it.each<[string, unknown, object, string, number, RegExp]>([
    ['a client', undefined, SHOP, 'demo', 403, /operator/],
    [
      'an operator of another automation',
      undefined,
      { ...OPERATOR, automations: 'other' },
      'demo',
      403,
      /may not use/,
    ],
    ['an unknown automation', undefined, OPERATOR, 'nothing', 404, /no automation 'nothing'/],
    ['an unknown step', { step: 'dance' }, OPERATOR, 'demo', 404, /no step 'dance'; it has: route/],
    ['a step of every object', { step: 'constructor' }, OPERATOR, 'demo', 404, /no step 'constructor'/],
    ['no step', {}, OPERATOR, 'demo', 400, /does not fit the schema: 1 fault/],
    ['no time', { step: 'route', days: 0 }, OPERATOR, 'demo', 400, /does not fit the schema: 1 fault/],
    ['half a day', { step: 'route', days: 0.5 }, OPERATOR, 'demo', 400, /does not fit the schema: 1 fault/],
    [
      'another wish',
      { step: 'route', when: 'now' },
      OPERATOR,
      'demo',
      400,
      /does not fit the schema: 1 fault/,
    ],
  ])('of %s is refused', async (_, body, caller, name, status, words) => {
    decided({ raw: 0.9 }, 20);
    const before = world.tables.snapshot();

    const reply = await calibrate(body, caller, name);

    expect([reply.status, reply.body.detail]).toEqual([status, expect.stringMatching(words)]);
    expect(world.tables.snapshot()).toBe(before);
  });

  it('fails loudly when the calibration cannot be kept', async () => {
    decided({ raw: 0.9 }, 20);
    world.fault = (call) => {
      if (call.includes('PutCommand')) throw named('AccessDeniedException');
    };
    expect((await calibrate()).status).toBe(500);
  });
});
