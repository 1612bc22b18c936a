import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../../bench/row-size.ts';
import { receiptSchema } from '../../../lambdas/api/openapi/receipt-schemas.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { saltedDigest, sha256 } from '../../../lambdas/kit/digest.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { chainPart, headOf, receiptsOf } from '../../../lambdas/tables/receipts/receipts.ts';
import { ENV, itemRow } from '../../support/fixtures.ts';
import {
  approved,
  change,
  DOCUMENT,
  doneAlone,
  idOf,
  recordIn,
  refused,
  WORDS,
} from '../../support/receipts.ts';
import { Crash, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const chain = async (automation = 'demo') =>
  (await chainPart('receipts', automation, { from: 1, to: 1000 })).receipts;

/** Whether each receipt follows the one before, and the head is the last. */
async function isWhole(automation = 'demo'): Promise<boolean> {
  const all = await chain(automation);
  const head = await headOf('receipts', automation);
  const follows = all.every(
    ({ receipt, number, digest, record }, at) =>
      number === at + 1 &&
      receipt.number === number &&
      receipt.previous === (all[at - 1]?.digest ?? null) &&
      digest === sha256(record),
  );
  return follows && head?.digest === all.at(-1)?.digest && head?.number === all.length;
}

const ended = (status: ItemRow['status'], fields: Partial<ItemRow> = {}) =>
  change({ status: 'processing' }, itemRow({ status, ...fields }));

describe('a receipt', () => {
  it('says of an outcome what the API says that it says, and not a word of its content', async () => {
    await chainOutcomes([await approved('1'), await doneAlone('2'), await refused('3')], ENV);
    const all = await chain();
    expect(all).toHaveLength(3);
    for (const { receipt, digest } of all) receiptSchema.parse({ ...receipt, digest, earlier: [] });
    const [first] = all;
    expect(first?.receipt).toMatchObject({
      ...{ item: idOf('1'), automation: 'demo', client: 'shop', generation: 1, status: 'done', number: 1 },
      ...{ previous: null, label: 'Billing', verdict: 'ask', costUsd: 0.0002 },
      proposal: { policyVersion: 'policy-7', promptVersions: ['route.v1'] },
      approval: { decision: 'approve', people: 1, group: 'leads', quorum: 1 },
      actions: [{ name: 'pay', status: 'done' }],
      lineage: [
        { step: 'route', promptVersion: 'route.v1' },
        { step: 'order', source: 'orders' },
      ],
    });
    expect(first?.receipt.approval?.audit).toHaveLength(3);
    const texts = all.map(({ record }) => record).join();
    for (const word of [WORDS, 'Hilde', '24.90', 'ann@example.com']) expect(texts).not.toContain(word);
  });

  it('holds digests of content that nobody can try guesses on without the salt, which lies with the content', async () => {
    await chainOutcomes([await approved('1')], ENV);
    const [kept] = await receiptsOf('receipts', idOf('1'));
    const { input, documents } = kept?.receipt ?? {};
    expect(input).toEqual([{ name: 'body.json', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const plain = [sha256(JSON.stringify({ text: WORDS })), sha256(DOCUMENT)];
    expect(plain).not.toContain(input?.[0]?.digest);
    expect(plain).not.toContain(documents?.[0]?.digest);
    const salt = world.beside.get(`bucket/items/${idOf('1')}/body.json`)?.salt ?? '';
    expect(input?.[0]?.digest).toBe(saltedDigest(salt, { text: WORDS }));
    expect([...world.content.keys()].join()).not.toContain('receipt-salt.json');
  });

  it('has a salt of its own where its input was stored without one, and the same for its next outcome', async () => {
    const record = await approved('1');
    world.beside.clear();
    await chainOutcomes([record], ENV);
    const key = `bucket/items/${idOf('1')}/receipt-salt.json`;
    const { salt } = JSON.parse(world.content.get(key) ?? '{}');
    const [kept] = await receiptsOf('receipts', idOf('1'));
    expect(kept?.receipt.input[0]?.digest).toBe(saltedDigest(salt, { text: WORDS }));
    await chainOutcomes([record], ENV);
    expect(JSON.parse(world.content.get(key) ?? '{}')).toEqual({ salt });
  });

  it('has a salt of its own where its input is another item’s, and goes with that one', async () => {
    const row = itemRow({ id: idOf('2'), status: 'done', bodyKey: `items/${idOf('1')}/body.json` });
    await approved('1');
    await chainOutcomes([change({ status: 'acting' }, row)], ENV);
    const { salt } = JSON.parse(world.content.get(`bucket/items/${idOf('2')}/receipt-salt.json`) ?? '{}');
    const [kept] = await receiptsOf('receipts', idOf('2'));
    expect(kept?.receipt.input[0]?.digest).toBe(saltedDigest(salt, { text: WORDS }));
  });

  it('says what was read when it was thought about, without what came, as far as that was one thing', async () => {
    const told = { salt: 'random', input: saltedDigest('random', { text: 'as it was read' }) };
    const inputOf = async (fields: Partial<ItemRow>) => {
      world.reset();
      const record = await doneAlone('1');
      const row = { ...world.tables.row<ItemRow>('items', idOf('1')), ...fields } as ItemRow;
      world.beside.set(`bucket/${row.proposalKey}`, told);
      await chainOutcomes([fields.bodyKey ? change({ status: 'acting' }, row) : record], ENV);
      const [kept] = await receiptsOf('receipts', idOf('1'));
      return kept?.receipt.input;
    };
    const reads = () => world.calls.filter((call) => call === 's3 GetObject').length;
    expect([await inputOf({}), reads()]).toEqual([[{ name: 'body.json', digest: told.input }], 1]);
    const edited = await inputOf({ bodyKey: `items/${idOf('1')}/edited.json` });
    const salt = world.beside.get(`bucket/items/${idOf('1')}/body.json`)?.salt ?? '';
    expect(edited).toContainEqual({ name: 'body.json', digest: saltedDigest(salt, { text: WORDS }) });
  });

  it('makes no salt, and no digest of content, where the content was erased before', async () => {
    const record = await approved('1');
    for (const key of [...world.content.keys()]) if (key.includes(idOf('1'))) world.content.delete(key);
    await chainOutcomes([record], ENV);
    const [kept] = await receiptsOf('receipts', idOf('1'));
    expect(kept?.receipt.input).toEqual([{ name: 'body.json' }]);
    expect(kept?.receipt.documents).toEqual([{ name: 'doc-1', status: 'read' }]);
    expect([...world.content.keys()]).toEqual([]);
  });
});

describe('a row of a receipt', () => {
  it('takes one write unit where its record alone would take two', async () => {
    await chainOutcomes([await doneAlone('1')], ENV);
    const row = world.tables.all('receipts').find(({ chain }) => chain === 'demo') ?? {};
    expect(recordIn(row).length).toBeGreaterThan(1024);
    expect(bytesOf(row)).toBeLessThanOrEqual(1024);
  });

  it('of an earlier version, which has its record as it is, is read like another', async () => {
    await chainOutcomes([await doneAlone('1')], ENV);
    const row = world.tables.all('receipts').find(({ chain }) => chain === 'demo');
    world.tables.put('receipts', { ...row, record: recordIn(row) });
    expect(await isWhole()).toBe(true);
    expect((await receiptsOf('receipts', idOf('1')))[0]?.receipt).toMatchObject({ status: 'done' });
  });
});

describe('outcomes', () => {
  it('are changes to a status at rest: whatever else changes has no receipt', async () => {
    const stream = [
      change(undefined, itemRow()),
      ended('processing', { label: 'Billing' }),
      ended('deferred'),
      ended('waiting_approval'),
      ended('parked', { updatedAt: '2026-12-01T08:00:05.000Z' }),
      // A redrive, and its end.
      change({ status: 'parked' }, itemRow({ status: 'processing', generation: 2 })),
      ended('quarantined', { generation: 2, updatedAt: '2026-12-01T08:01:00.000Z' }),
      change({ status: 'quarantined', costUsd: 1 }, itemRow({ status: 'quarantined', costUsd: 2 })),
    ];
    await chainOutcomes(stream, ENV);
    expect((await chain()).map(({ receipt }) => `${receipt.generation} ${receipt.status}`)).toEqual([
      '1 parked',
      '2 quarantined',
    ]);
  });

  it('that nothing led to are none: an end written over another, or a row that begins at its end', async () => {
    await chainOutcomes([await doneAlone('1')], ENV);
    await chainOutcomes(
      [
        change(
          { status: 'done' },
          itemRow({ id: idOf('1'), status: 'refused', updatedAt: '2026-12-01T09:00:01.000Z' }),
        ),
        change(undefined, itemRow({ id: idOf('2'), status: 'done' })),
      ],
      ENV,
    );
    expect((await chain()).map(({ receipt }) => receipt.status)).toEqual(['done']);
  });

  it('have a chain for each automation', async () => {
    const other = ended('refused', { id: 'other_1', automation: 'other' });
    await chainOutcomes([await refused('1'), other, await refused('2')], ENV);
    expect([await isWhole('demo'), await isWhole('other')]).toEqual([true, true]);
    expect([(await chain('demo')).length, (await chain('other')).length]).toEqual([2, 1]);
  });
});

describe('a batch that comes again', () => {
  const stream = async () => [
    await refused('1'),
    await approved('2'),
    await doneAlone('3'),
    await refused('4'),
  ];

  it('finds itself, whole or in any part, and in any order', async () => {
    const records = await stream();
    await chainOutcomes(records.slice(0, 2), ENV);
    for (let from = 0; from < records.length; from += 1)
      for (let to = from + 1; to <= records.length; to += 1)
        await chainOutcomes(records.slice(from, to), ENV);
    await chainOutcomes(records.toReversed(), ENV);
    expect(await chain()).toHaveLength(4);
    expect(await isWhole()).toBe(true);
  });

  it('after its worker died at any call, before or after, has each outcome once', async () => {
    const records = await stream();
    world.calls = [];
    await chainOutcomes(records, ENV);
    const points = world.calls.length;
    expect(points).toBeGreaterThan(10);
    for (const after of [false, true]) {
      for (let point = 1; point <= points; point += 1) {
        world.reset();
        const again = await stream();
        world.crashAt(point, after);
        await expect(chainOutcomes(again, ENV)).rejects.toThrow(Crash);
        world.revive();
        await chainOutcomes(again, ENV);
        expect([point, (await chain()).length, await isWhole()]).toEqual([point, 4, true]);
      }
    }
  });
});

describe('two writers of one chain', () => {
  it('never make a fork: who is overtaken links its receipts anew', async () => {
    const records = await Promise.all(['1', '2', '3', '4', '5', '6'].map(refused));
    await Promise.all(records.map((record) => chainOutcomes([record], ENV)));
    expect(await chain()).toHaveLength(6);
    expect(await isWhole()).toBe(true);
  });

  it('wait for each other where DynamoDB has one of the rows in another transaction', async () => {
    world.tables.conflicts = 3;
    await chainOutcomes([await refused('1')], ENV);
    expect(await isWhole()).toBe(true);
  });

  it('leave a batch to come again where one is always overtaken', async () => {
    world.tables.conflicts = 100;
    await expect(chainOutcomes([await refused('1')], ENV)).rejects.toThrow('too many at once');
    expect(await chain()).toEqual([]);
  });
});

it('takes more outcomes of one automation than a transaction does', async () => {
  const records = Array.from({ length: 100 }, (_, at) =>
    ended('refused', { id: `demo_${String(at).padStart(32, '0')}` }),
  );
  await chainOutcomes(records, ENV);
  expect(await chain()).toHaveLength(100);
  expect(await isWhole()).toBe(true);
});
