import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { itemKey } from '../../../lambdas/tables/keys.ts';
import { stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { erase, ID, idOf, places, planted, WORDS } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));

/* Items that an erased one's actions made hold its words, and their own automation may know somebody else by them, or nobody. */

const CHILD = itemKey('refunds', 'b'.repeat(32));
const GRANDCHILD = itemKey('returns', 'c'.repeat(32));
const at = '2026-11-01T09:00:00.000Z';
const child = (id: string, ...ancestors: string[]) =>
  planted({ id, automation: id.split('_')[0] ?? '', ancestors, updatedAt: at }, []);
const told = (...ids: string[]): Partial<ItemRow> => ({
  children: ids.map((id) => ({ id, status: 'done' as const, at })),
});
/** What an action that forwarded was answered. */
const made = (reference: string): Partial<ItemRow> => ({
  ledger: { aa: { state: 'done', generation: 1, tries: 1, result: { status: 200, reference } } },
});

beforeEach(() => {
  world.reset();
  time.freezeLater();
  time.advance(86_400);
});

describe('an item that others were made of', () => {
  it('takes them with it, however often it was handed on', async () => {
    await planted({ updatedAt: at, ...told(CHILD) });
    await child(CHILD, ID);
    world.tables.put('items', { ...stored(CHILD), ...told(GRANDCHILD) });
    await child(GRANDCHILD, ID, CHILD);

    const { body } = await erase({}, {});
    time.advance(3600);
    await erase();

    expect(body.items).toHaveLength(1);
    for (const id of [ID, CHILD, GRANDCHILD]) expect(stored(id).erasedAt).toBeDefined();
    expect(places()).toEqual([]);
  });

  it('knows one that nobody has told it of yet by what its action was answered', async () => {
    await planted({ updatedAt: at, ...made(CHILD) });
    await child(CHILD, ID);
    await erase();
    expect(stored(CHILD).erasedAt).toBeDefined();
  });

  it('takes nothing that is not made of it, whatever a destination has answered', async () => {
    const stranger = idOf('e5');
    await planted({ updatedAt: at, ...made(stranger) });
    await planted({ id: stranger, updatedAt: at }, []);
    await planted({ updatedAt: at, ...made('7731') });
    await erase();
    expect(stored(stranger).erasedAt).toBeUndefined();
    expect(places(WORDS).length).toBeGreaterThan(0);
  });

  it('is known as its subject’s until all of them are gone, and a repetition finds them', async () => {
    await planted({ updatedAt: at, ...told(CHILD) });
    await child(CHILD, ID);
    world.tables.put('items', { ...stored(CHILD), status: 'acting' });
    expect((await erase()).body.items).toMatchObject([{ id: ID, outcome: 'acts' }]);

    world.tables.put('items', { ...stored(CHILD), status: 'done' });
    time.advance(3600);
    expect((await erase()).body.items).toMatchObject([{ id: ID, outcome: 'erased' }]);
    expect(stored(CHILD).erasedAt).toBeDefined();
    expect((await erase()).body.items).toEqual([]);
  });

  it('ends where items name one another', async () => {
    await planted({ updatedAt: at, ...told(CHILD) });
    await child(CHILD, ID);
    world.tables.put('items', { ...stored(CHILD), ...told(ID) });
    await erase();
    expect(stored(CHILD).erasedAt).toBeDefined();
  });

  it('is counted with them, and nothing of them is touched, in a dry run', async () => {
    await planted({ updatedAt: at, ...told(CHILD) });
    const { body: alone } = await erase({ dryRun: true });
    await child(CHILD, ID);
    const { body } = await erase({ dryRun: true });
    expect((body.items as { removed: { content: number } }[])[0]?.removed.content).toBeGreaterThan(
      (alone.items as { removed: { content: number } }[])[0]?.removed.content ?? 0,
    );
    expect(stored(CHILD).erasedAt).toBeUndefined();
  });
});
