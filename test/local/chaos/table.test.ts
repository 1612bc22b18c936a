import { describe, expect, it } from 'vitest';
import { BROKEN } from '../../../local/chaos/broken/all.ts';
import { edited } from '../../../local/chaos/edits.ts';
import { FAULTS, faultNamed } from '../../../local/chaos/faults/all.ts';
import { NEXT_VERSION } from '../../../local/chaos/faults/changes.ts';
import { INVARIANTS } from '../../../local/chaos/invariants/check.ts';
import { mixOf } from '../../../local/chaos/mix.ts';
import { optionsOf } from '../../../local/chaos/options.ts';
import { Random } from '../../../local/chaos/random.ts';
import { CONFIGURED } from '../../../local/chaos/rig.ts';
import { SHORTENED } from '../../../local/chaos/times.ts';
import { ROOT } from '../../../local/state.ts';

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe('the sources', () => {
  it.each(SHORTENED.map((edit) => [edit.file, edit.from, edit] as const))(
    '%s still has the time that is shortened: %s',
    (_, __, edit) => expect(edited(ROOT, edit)).toContain(edit.to),
  );

  it.each(BROKEN.flatMap(({ name, edits }) => edits.map((edit) => [name, edit.file, edit] as const)))(
    'still have the line that %s breaks, in %s',
    (_, __, edit) => expect(edited(ROOT, edit)).toContain(edit.to),
  );

  it.each([...CONFIGURED, ...NEXT_VERSION].map((edit, at) => [at + 1, edit.file, edit] as const))(
    'have what is another in a copy, place %i in %s',
    (_, __, edit) => expect(edited(ROOT, edit)).toContain(edit.to),
  );

  it('are never edited where a place is there twice', () =>
    expect(() => edited(ROOT, { file: 'package.json', from: '"', to: '' })).toThrow(/places like/));
});

describe('broken copies', () => {
  it('are at least twelve, each by a name of its own', () => {
    expect(new Set(names(BROKEN)).size).toBe(BROKEN.length);
    expect(BROKEN.length).toBeGreaterThanOrEqual(12);
  });

  it.each(BROKEN.map((one) => [one.name, one] as const))('%s names a fault and its invariants', (_, one) => {
    expect(faultNamed(one.fault).needsRig || one.fault).toBeTruthy();
    expect(one.by.length).toBeGreaterThan(0);
    for (const name of one.by) expect(Object.keys(INVARIANTS)).toContain(name);
  });
});

describe('a fault', () => {
  it('has a name of its own, and says what it does', () => {
    expect(new Set(names(FAULTS)).size).toBe(FAULTS.length);
    for (const { says } of FAULTS) expect(says.length).toBeGreaterThan(20);
  });

  it('that there is none of is refused with the names of all', () => {
    expect(() => optionsOf(['--fault', 'nonsense'])).toThrow(/no fault 'nonsense'; there are: kill-intake, /);
    expect(() => optionsOf(['--broken', 'nonsense'])).toThrow(/no broken copy 'nonsense'; there are: all, /);
  });
});

describe('options', () => {
  it('have defaults', () => expect(optionsOf([])).toMatchObject({ runs: 20, seed: 1, faults: undefined }));

  it.each([
    ['--runs', '0'],
    ['--runs', 'many'],
    ['--seed', '-1'],
    ['--port', '80'],
  ])('refuse %s %s', (name, value) => expect(() => optionsOf([`${name}=${value}`])).toThrow(name));
});

describe('a seed', () => {
  it('gives the same work again, and another seed other work', () => {
    const work = (seed: number) => mixOf(Random.of(seed, 3), 'run');
    expect(work(1)).toEqual(work(1));
    expect(work(1)).not.toEqual(work(2));
  });

  it('posts something that acts, asks and, now and then, is refused or comes twice', () => {
    const all = Array.from({ length: 40 }, (_, at) => mixOf(Random.of(7, at), `r${at}`)).flat();
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['act', 'ask', 'refuse']));
    expect(new Set(all.map(({ times }) => times))).toEqual(new Set([1, 2]));
    expect(new Set(all.map(({ automation }) => automation))).toEqual(new Set(['parcel', 'refund-request']));
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  });

  it('spreads its numbers over what is asked for', () => {
    const random = new Random(5);
    const seen = new Set(Array.from({ length: 200 }, () => random.whole(1, 6)));
    expect(seen).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });
});
