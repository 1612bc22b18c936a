import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditPolicy, Sample } from '../../../lambdas/contract/audits/sample.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { chooseSamples } from '../../../lambdas/record/audits/choose.ts';
import { judgeAudits } from '../../../lambdas/record/audits/judge.ts';
import type { ItemChange } from '../../../lambdas/record/outcomes/changes.ts';
import { readCaution, setCaution, wantsCaution } from '../../../lambdas/tables/control/caution.ts';
import {
  addSamples,
  MOST_OF_HOUR,
  readStanding,
  recentSamples,
} from '../../../lambdas/tables/samples/samples.ts';
import { itemRow, lineageEntry, proposal } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const ALL: AuditPolicy = { share: 1, group: 'leads', target: 0.99 };
const STORES = { CONTROL_TABLE: 'control', CONTENT_BUCKET: 'bucket', CURSOR_KEYS: 'signalbox/cursors' };

beforeEach(() => {
  world.reset();
  // It is 2026-12-01T09:00.
  time.freeze();
  world.secrets['signalbox/cursors'] = '{"key":"a key"}';
});

function ended(
  id: string,
  fields: Partial<ItemRow> = {},
  parameters: Record<string, unknown> = {},
): ItemChange {
  const proposalKey = `items/${id}/proposal-g1.json`;
  const document = {
    ...proposal({ itemId: id, confidence: 0.99, promptVersions: ['route.v1'] }),
    parameters,
  };
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const now = itemRow({
    ...{ id, status: 'done', verdict: 'act', label: 'Billing', proposalKey },
    ...{ updatedAt: new Date(time.at - 60_000).toISOString(), ...fields },
  });
  return { sequence: '1', before: { ...now, status: 'acting' as const }, now };
}

const choose = (changes: ItemChange[], policy = ALL) =>
  chooseSamples(changes, new Map([['demo', policy]]), STORES);
const samples = () => recentSamples('control', 'demo');

describe('what is chosen', () => {
  it('names the release that it was judged in, by the last time that it was', async () => {
    const at = new Date(time.at - 90_000).toISOString();
    const prepared = (more: object) => ({ at, event: 'prepared', ...more });
    await choose([
      ended('demo_1', {
        timeline: [
          prepared({ release: 'old', arm: 'stable' }),
          prepared({ release: 'abc', arm: 'candidate' }),
        ],
      }),
      ended('demo_2', { timeline: [prepared({ release: 'abc', arm: 'candidate' }), prepared({})] }),
      ended('demo_3', { timeline: [prepared({ release: 'abc', arm: 'other' })] }),
    ]);
    expect((await samples()).map(({ itemId, release }) => [itemId, release])).toEqual([
      ['demo_1', { id: 'abc', arm: 'candidate' }],
      ['demo_2', undefined],
      ['demo_3', undefined],
    ]);
  });

  it('is what acted or was refused without a person, once however often it comes', async () => {
    const changes = [
      ended('demo_1'),
      ended('demo_2', { status: 'refused', verdict: 'refuse' }),
      ended('demo_3', { approvalId: 'demo_3-g1' }),
      ended('demo_4', { status: 'parked' }),
      ended('demo_5', { duplicateOf: 'demo_1', status: 'refused', verdict: 'refuse' }),
      ended('demo_6', { erasedAt: '2026-12-01T08:00:00.000Z' }),
      { ...ended('demo_7'), before: ended('demo_7').now },
    ];
    await choose(changes);
    await choose(changes.toReversed());
    expect((await samples()).map(({ itemId }) => itemId).sort()).toEqual(['demo_1', 'demo_2']);
  });

  it('is also what acted on an answer that was kept, and says so', async () => {
    const kept = ended('demo_1', { lineage: [lineageEntry({ cached: true, costUsd: 0 })] });
    await choose([kept, ended('demo_2', { lineage: [lineageEntry()] })]);
    const found = new Map((await samples()).map(({ itemId, cached }) => [itemId, cached]));
    expect([...found].sort()).toEqual([
      ['demo_1', true],
      ['demo_2', undefined],
    ]);
  });

  it('keeps the probability that its marks make, and the same when it is chosen again', async () => {
    const policy = { ...ALL, share: 0.25, counterparty: 'to', large: { parameter: 'amount', from: 500 } };
    // A version that was met long ago.
    await choose([ended('demo_old', { updatedAt: '2026-11-05T09:00:00.000Z' })], policy);
    const changes = [
      ended('demo_1', {}, { to: 'ann', amount: '20.00' }),
      ended('demo_2', {}, { to: 'ann', amount: '20.00' }),
      ended('demo_3', {}, { to: 'ann', amount: '500.00' }),
    ];
    await choose(changes, policy);
    await choose(changes, policy);
    const found = new Map(
      (await samples()).map(({ itemId, marks, probability }) => [itemId, { marks, probability }]),
    );
    expect(found.get('demo_1')).toEqual({ marks: ['new-counterparty'], probability: 1 });
    expect(found.get('demo_3')).toEqual({ marks: ['large'], probability: 1 });
    expect(found.get('demo_2') ?? { marks: [], probability: 0.25 }).toEqual({ marks: [], probability: 0.25 });
  });

  it('reads nothing of what cannot be chosen, and nothing of automations without audits', async () => {
    const change = ended('demo_1');
    world.content.clear();
    expect(await chooseSamples([change], new Map(), STORES)).toBe(0);
    expect(await choose([change], { ...ALL, share: 1e-9 })).toBe(0);
  });

  it('is no more of one hour than anybody would look at', async () => {
    await choose(Array.from({ length: MOST_OF_HOUR + 5 }, (_, at) => ended(`demo_${at}`)));
    expect(await samples()).toHaveLength(MOST_OF_HOUR);
  });
});

describe('a label below its target', () => {
  const stores = { CONTROL_TABLE: 'control', AUDIT_TABLE: 'audit', ITEM_DAYS: '30' };
  const judge = () => judgeAudits('demo', ALL, stores);
  const answered = (label: string, said: string, count: number, minute = 30): Sample[] =>
    Array.from({ length: count }, (_, at) => {
      const ends = new Date(time.at - minute * 60_000 + at).toISOString();
      return {
        ...{
          itemId: `demo_${label}${minute}${at}`,
          generation: 1,
          at: ends,
          label,
          verdict: 'act',
          marks: [],
        },
        ...{ probability: 1, people: 1, answers: [{ by: 'x', at: ends, label: said, verdict: 'act' }] },
      };
    });
  const held = async (label: string) => wantsCaution(await readCaution('control', 'demo'), 'pay', label);

  it('asks a person until an operator lifts it, and nothing else does; it is on record', async () => {
    await addSamples('control', [...answered('Billing', 'other', 6), ...answered('other', 'other', 20)]);
    expect(await judge()).toEqual(['Billing']);
    expect([await held('Billing'), await held('other')]).toEqual([true, false]);
    expect(world.tables.all('audit')).toEqual([
      expect.objectContaining({ by: 'Signalbox', command: 'caution on label=Billing' }),
    ]);
    // Once is enough.
    expect(await judge()).toEqual([]);
    expect(world.tables.all('audit')).toHaveLength(1);

    const off = { on: false, actions: [], labels: ['Billing'], reason: 'a new prompt', by: 'olga' };
    await setCaution('control', 'demo', off);
    time.advance(60);
    expect(await judge()).toEqual([]);
    time.advance(60);
    expect(await judge()).toEqual([]);
    expect(await held('Billing')).toBe(false);

    time.advance(600);
    await addSamples('control', answered('Billing', 'other', 6, 1));
    expect(await judge()).toEqual(['Billing']);
  });

  it('or not, what people find is kept for pages, and written again only when it changes', async () => {
    await addSamples('control', answered('Billing', 'Billing', 3));
    world.calls = [];
    await judge();
    const writes = () => world.calls.filter((call) => /Put|Update/.test(call)).length;
    expect(writes()).toBe(1);
    expect((await readStanding('control', 'demo')).precision).toMatchObject({ value: 1, n: 3 });
    world.calls = [];
    await judge();
    expect(writes()).toBe(0);
    await addSamples('control', answered('other', 'Billing', 1, 10));
    await judge();
    expect((await readStanding('control', 'demo')).precision).toMatchObject({ value: 0.75, n: 4 });
  });

  it('is none where people find it right', async () => {
    await addSamples('control', answered('Billing', 'Billing', 30));
    expect(await judge()).toEqual([]);
    expect(world.tables.all('audit')).toEqual([]);
  });
});
