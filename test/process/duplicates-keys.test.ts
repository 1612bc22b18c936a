import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Duplicates } from '../../lambdas/contract/item/duplicates.ts';
import type { Prepared } from '../../lambdas/contract/item/envelope.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { readKeys } from '../../lambdas/kit/signed/keys.ts';
import { duplicateOf } from '../../lambdas/process/duplicates.ts';
import { automation, type Demo, door, ENV, itemRow, PAY, stored } from '../support/fixtures.ts';
import { GATE_KEY, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({ ...door(), model: async () => ({ label: 'Billing' }) }),
}));

beforeEach(async () => {
  world.reset();
  time.freeze();
  await hold(GATE_KEY);
});

const [A, B, C] = ['aa', 'bb', 'cc'].map((it) => `demo_${it.repeat(16)}`) as [string, string, string];
const TEXT =
  'Dear team, the lamp with the number 4711 that I ordered on the third of March has arrived broken. ' +
  'The glass is in pieces and the cable is torn. I would like to have my money back, please. Kind regards, Zoe';
const KEYED: Duplicates<Demo> = {
  of: ({ subject }) => subject?.split(',') ?? [],
  days: 30,
  verdict: 'refuse',
};
const NEAR: Duplicates<Demo> = { near: { similarity: 0.8 }, days: 30, verdict: 'refuse' };
const BY = [
  ['key', KEYED],
  ['text', NEAR],
] as const;

/** What this container has read, and any that begins now. */
async function hold(key: string, ...before: string[]): Promise<void> {
  world.secrets[ENV.GATE_KEYS] = JSON.stringify({ key, before });
  await readKeys(ENV.GATE_KEYS, 0);
}

async function think(id: string, duplicates: Duplicates<Demo>, subject = 'INV-7'): Promise<ItemRow> {
  world.tables.put('items', itemRow({ id, bodyKey: `items/${id}/body.json` }));
  world.content.set(`bucket/items/${id}/body.json`, JSON.stringify({ subject, text: TEXT }));
  await work({
    ...{ message: { itemId: id }, receives: 1, of: { ...automation, duplicates } as Automation<Demo> },
    implementation: thinking(async () => PAY),
  });
  return stored(id);
}

const rows = () => world.tables.all('idempotency').map(({ id }) => String(id));

describe.each(BY)('a duplicate by %s, where the root of keys was changed (ADR 0115)', (_, duplicates) => {
  it('is found after one change and after five, and its own repetition too', async () => {
    await think(A, duplicates);
    await hold('two', GATE_KEY);
    expect(await think(B, duplicates)).toMatchObject({ duplicateOf: A });
    await hold('six', 'five', 'four', 'three', 'two', GATE_KEY);
    expect(await think(C, duplicates)).toMatchObject({ duplicateOf: expect.stringMatching(`${A}|${B}`) });
  });

  it('is found by a container that does not know the new root yet, and found there', async () => {
    await hold('two', GATE_KEY);
    await think(A, duplicates);
    await hold(GATE_KEY);
    expect(await think(B, duplicates)).toMatchObject({ duplicateOf: A });
    await hold('two', GATE_KEY);
    expect(await think(C, duplicates)).toMatchObject({ duplicateOf: expect.stringMatching(`${A}|${B}`) });
  });

  it('is still found once the root under which its first was seen after the change stands alone', async () => {
    await hold('two', GATE_KEY);
    await think(A, duplicates);
    await hold('two');
    expect(await think(B, duplicates)).toMatchObject({ duplicateOf: A });
  });

  it('is none under a root that is gone: its hashes say nothing any more', async () => {
    await think(A, duplicates);
    await hold('two');
    expect(await think(B, duplicates)).not.toHaveProperty('duplicateOf');
  });
});

describe('of two items with a key in common, in containers that hold the keys in another order', () => {
  it.each([
    ['the one', 'older', 'newer'],
    ['the other', 'newer', 'older'],
  ])('one is the first, and not each the duplicate of the other: %s begins', async (_, one, other) => {
    // As after a deploy over an earlier version, and after the first change of the root.
    world.secrets.older = JSON.stringify({ key: 'earlier', before: ['one'] });
    world.secrets.newer = JSON.stringify({ key: 'two', before: ['one', 'earlier'] });
    for (let turn = 0; turn < 20; turn += 1) {
      const find = (id: string, keys: string) => {
        const item = {
          id,
          body: { subject: `INV-${turn}` },
          feedback: [],
          text: TEXT,
        } as unknown as Prepared;
        const of = { name: 'demo', duplicates: KEYED as Duplicates };
        return duplicateOf(item, { client: 'shop' }, of, { ...ENV, GATE_KEYS: keys });
      };
      const ids = [`${A}-${turn}`, `${B}-${turn}`] as const;
      const found = await Promise.all([find(ids[0], one), find(ids[1], other)]);
      expect(found.filter((it) => it === undefined)).toHaveLength(1);
    }
  });
});

describe('what is kept for duplicates', () => {
  it.each([
    ['one key', [], 1, 16],
    ['six keys', ['b', 'c', 'd', 'e', 'f'], 6, 96],
    ['seven keys: the bands of six are one transaction', ['b', 'c', 'd', 'e', 'f', 'g'], 7, 96],
  ])('is a claim for each key that holds, and sixteen bands: %s', async (_, before, claims, bands) => {
    await hold('a', ...before);
    await think(A, { ...KEYED, ...NEAR });
    expect(rows().filter((id) => id.includes('duplicate#key#'))).toHaveLength(claims);
    expect(rows().filter((id) => id.includes('duplicate#band#'))).toHaveLength(bands);
  });
});
