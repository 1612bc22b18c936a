import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lineOf, objectionTo, parentOf, tellParent } from '../../../lambdas/tables/items/family.ts';
import { itemKey } from '../../../lambdas/tables/keys.ts';
import { ID, itemRow, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

const of = (automation: string, digit = '1') => itemKey(automation, digit.repeat(32));

describe('forwarding', () => {
  it.each([
    ['to another automation', 'b', [of('a')], undefined],
    ['into parts of its own automation', 'a', [of('a')], undefined],
    ['a part to another automation', 'b', [of('a'), of('a', '2')], undefined],
    ['into parts, of an item that came from elsewhere', 'b', [of('a'), of('b')], undefined],
    ['a part into parts', 'a', [of('a'), of('a', '2')], 'not split again'],
    ['back', 'a', [of('a'), of('b')], 'a loop'],
    ['back over others', 'a', [of('a'), of('b'), of('c')], 'a loop'],
    ['a part back', 'a', [of('a'), of('b'), of('b', '2')], 'a loop'],
    ['once too often', 'f', [of('a'), of('b'), of('c'), of('d'), of('e')], 'at most 4 times in a row'],
  ])('%s: allowed, or refused by name', (_name, to, line, objection) => {
    const told = objectionTo(to, line);
    if (objection === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(objection);
  });

  it('comes to an end, whatever automations forward to one another', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    fc.assert(
      fc.property(names, fc.array(names, { minLength: 20, maxLength: 20 }), (first, wanted) => {
        const line = [of(first)];
        for (const to of wanted) if (!objectionTo(to, line)) line.push(of(to, String(line.length)));
        expect(line.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('gives a child the line of its parent, with the parent last', () => {
    const child = { ancestors: lineOf({ id: of('b'), ancestors: [of('a')] }) };
    expect(child.ancestors).toEqual([of('a'), of('b')]);
    expect(parentOf(child)).toBe(of('b'));
  });
});

describe('a parent', () => {
  beforeEach(() => {
    world.reset();
    time.freeze();
    world.tables.put('items', itemRow({ status: 'processing', leaseBy: 'w', leaseUntil: time.at + 1000 }));
  });
  const child = (status: 'received' | 'quarantined' | 'done', at: string, digit = '1') => ({
    ...{ id: of('b', digit), status, at: `2026-12-01T09:00:0${at}.000Z` },
  });

  it('is told of a child, and on its timeline of its end, while a worker goes on with it', async () => {
    await tellParent('items', ID, child('received', '0'), false);
    await tellParent('items', ID, child('done', '1'), true);

    const row = stored();
    expect(row.children).toEqual([child('done', '1')]);
    expect(row.timeline.at(-1)).toMatchObject({
      ...{ event: 'child', child: of('b'), automation: 'b', status: 'done' },
    });
    expect(row.timeline.filter(({ event }) => event === 'child')).toHaveLength(1);
    expect(row).toMatchObject({ status: 'processing', leaseBy: 'w' });
  });

  it('leaves what is told again, or late', async () => {
    const all = [child('received', '0'), child('quarantined', '1'), child('done', '2')];
    for (const one of all) await tellParent('items', ID, one, one.status !== 'received');
    const before = world.tables.snapshot();
    for (const one of all) await tellParent('items', ID, one, true);

    expect(world.tables.snapshot()).toBe(before);
  });

  it('knows both of two children that end at the same moment', async () => {
    await Promise.all(['1', '2', '3'].map((it) => tellParent('items', ID, child('done', '1', it), true)));

    expect(
      stored()
        .children?.map(({ id }) => id)
        .sort(),
    ).toEqual(['1', '2', '3'].map((it) => of('b', it)));
  });

  it('that is gone, or has more children than any has, is left as it is', async () => {
    await tellParent('items', of('gone'), child('done', '1'), true);
    const children = Array.from({ length: 50 }, (_, at) => ({ ...child('done', '1'), id: `b_${at}` }));
    world.tables.put('items', itemRow({ children }));
    await tellParent('items', ID, child('done', '1'), true);
    expect(stored().children).toHaveLength(50);
  });
});
